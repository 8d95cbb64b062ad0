import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { unusedPort } from '../support/origin.ts'
import { certificate } from '../support/tls-origin.ts'
import { listening } from './daemon.ts'

export interface Nginx {
  readonly httpPort: number
  readonly httpsPort: number
  /** New workers take over; the old ones end their idle connections. */
  reload(): void
  /** Ends it at once, with all its connections. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** nginx on two ports of loopback, gone when the test is over; `settings` are for its `http` block. */
export async function startNginx(settings: string): Promise<Nginx> {
  const dir = mkdtempSync(join(tmpdir(), 'wantconn-nginx-'))
  const ports = { httpPort: await unusedPort(), httpsPort: await unusedPort() }
  writeFileSync(join(dir, 'nginx.conf'), await config(dir, ports, settings))
  const args = ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', join(dir, 'error.log')]
  let running: ReturnType<typeof spawn> | undefined
  const start = async (): Promise<void> => {
    running = spawn('nginx', args, { stdio: 'ignore' })
    await listening('nginx', ports.httpPort)
  }
  const kill = async (): Promise<void> => {
    const ended = running
    running = undefined
    if (ended === undefined || ended.exitCode !== null) return
    // Its fast end: the master takes its workers along.
    ended.kill('SIGTERM')
    await once(ended, 'exit')
  }
  onTestFinished(async () => {
    await kill()
    rmSync(dir, { recursive: true, force: true })
  })
  await start()
  return { ...ports, start, kill, reload: () => void running?.kill('SIGHUP') }
}

async function config(
  dir: string,
  { httpPort, httpsPort }: { httpPort: number; httpsPort: number },
  settings: string,
): Promise<string> {
  const { key, cert } = await certificate()
  writeFileSync(join(dir, 'key.pem'), key)
  writeFileSync(join(dir, 'cert.pem'), cert)
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir}/${name};`)
    .join('\n')
  return `
daemon off;
worker_processes 2;
pid ${dir}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  ${temp}
  ${settings}
  server {
    listen 127.0.0.1:${httpPort};
    listen 127.0.0.1:${httpsPort} ssl;
    ssl_certificate ${dir}/cert.pem;
    ssl_certificate_key ${dir}/key.pem;
    ssl_session_cache shared:tls:1m;
    location / { return 200 "$connection_requests"; }
  }
}
`
}
