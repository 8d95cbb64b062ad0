import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { unusedPort } from '../support/origin.ts'
import { certificate } from '../support/tls-origin.ts'

/** Undefined if it is there, else how to get it. With `WANTCONN_REQUIRE=all` it must be there. */
export function nginxIsMissing(): string | undefined {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    const how = 'nginx is not installed: apt-get install nginx-light'
    if (process.env['WANTCONN_REQUIRE'] === 'all') throw new Error(how, { cause: error })
    return how
  }
}

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
    await listening(ports.httpPort)
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

async function listening(port: number): Promise<void> {
  const end = Date.now() + 10_000
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const [event] = await Promise.race([
      once(socket, 'connect').then(() => ['connect']),
      new Promise<[string]>((resolve) => socket.once('error', () => resolve(['error']))),
    ])
    socket.destroy()
    if (event === 'connect') return
    if (Date.now() > end) throw new Error('nginx does not listen')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
