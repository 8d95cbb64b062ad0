import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { certificate } from '../support/certificate.ts'

export interface RealServer {
  readonly port: number
  readonly url: string
  readonly ca: string
  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void
}

export interface Command {
  readonly program: string
  readonly args: readonly string[]
}

/**
 * Runs a server with a folder of its own, with `key.pem`, `cert.pem` and `both.pem` in it, until the
 * test is over. `command` may write its configuration there.
 */
export async function runServer(
  command: (dir: string, port: number) => Command,
): Promise<RealServer> {
  const dir = mkdtempSync(join(tmpdir(), 'wantconn-h2-'))
  const { key, cert } = await certificate()
  writeFileSync(join(dir, 'key.pem'), key)
  writeFileSync(join(dir, 'cert.pem'), cert)
  writeFileSync(join(dir, 'both.pem'), `${cert}\n${key}`)
  const port = await unusedPort()
  const { program, args } = command(dir, port)
  const running = spawn(program, args, { stdio: 'ignore', cwd: dir })
  onTestFinished(async () => {
    if (running.exitCode === null) {
      running.kill('SIGTERM')
      await once(running, 'exit')
    }
    rmSync(dir, { recursive: true, force: true })
  })
  await listening(port)
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    ca: cert,
    signal: (name) => void running.kill(name),
  }
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
  const end = Date.now() + 10_000
  while (!(await answers(port))) {
    if (Date.now() > end) throw new Error('the server does not listen')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const tell = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => tell(true)).once('error', () => tell(false))
  })
}
