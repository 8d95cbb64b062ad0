import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Haproxy {
  readonly port: number
  stop(): Promise<void>
}

/**
 * HTTP/2 to this side, and to the origin no more connections than `maxconn`, kept and shared by
 * all who come. What is more waits here, in line over all processes, for `timeout queue`.
 */
function configuration(port: number, originPort: number, maxConnections: number): string {
  return `
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout queue 10s
frontend fleet
  bind 127.0.0.1:${port} proto h2
  default_backend origin
backend origin
  http-reuse always
  server origin 127.0.0.1:${originPort} maxconn ${maxConnections} pool-max-conn ${maxConnections} pool-purge-delay 1m
`
}

/** Runs a HAProxy of this machine on loopback. Rejects if there is none. */
export async function startHaproxy(originPort: number, maxConnections: number): Promise<Haproxy> {
  const dir = mkdtempSync(join(tmpdir(), 'wantconn-fleet-'))
  const port = await unusedPort()
  const file = join(dir, 'haproxy.cfg')
  writeFileSync(file, configuration(port, originPort, maxConnections))
  const running = spawn('haproxy', ['-q', '-f', file], { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(running, 'exit')
  const stop = async (): Promise<void> => {
    running.kill('SIGTERM')
    await ended.catch(() => {})
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    await Promise.race([listening(port), endedEarly(ended)])
  } catch (error) {
    await stop()
    throw error
  }
  return { port, stop }
}

async function endedEarly(ended: Promise<unknown[]>): Promise<never> {
  const [code] = await ended.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error('haproxy is not installed: apt-get install haproxy')
  })
  throw new Error(`haproxy ended with exit code ${code}`)
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number): Promise<void> {
  for (const end = Date.now() + 10_000; !(await answers(port)); await sleep(20)) {
    if (Date.now() > end) throw new Error('haproxy does not listen')
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const tell = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => tell(true)).once('error', () => tell(false))
  })
}
