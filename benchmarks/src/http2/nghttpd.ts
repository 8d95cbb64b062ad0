import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { generate } from 'selfsigned'
import { isOnPath } from '../harness/on-path.ts'

/** Whether there is an nghttpd to ask (`apt-get install nghttp2-server`). */
export const hasNghttpd: boolean = isOnPath('nghttpd')

const TRIES = 200

/**
 * A server in C, with the same bodies as the one of Node: it takes so much less for an answer that
 * the clients are what is waited for. Ends with this process. Returns its port.
 */
export async function startNghttpd(maxConcurrentStreams: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-nghttpd-'))
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
  })
  writeFileSync(join(folder, 'key.pem'), key)
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'small'), 'ok')
  writeFileSync(join(folder, 'large'), Buffer.alloc(2 ** 20, 'x'))
  const port = await freePort()
  const args = ['-m', maxConcurrentStreams, '-d', folder, port, 'key.pem', 'cert.pem']
  const server = spawn('nghttpd', args.map(String), { cwd: folder, stdio: 'ignore' })
  // A case that takes too long is told to end, which alone would leave the server behind.
  process.once('SIGTERM', () => process.exit(1))
  process.once('exit', () => {
    server.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  server.unref()
  await listening(port)
  return port
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function listening(port: number): Promise<void> {
  for (let tried = 0; tried < TRIES; tried++) {
    const socket = connect(port, 'localhost')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await setTimeout(25)
    } finally {
      socket.destroy()
    }
  }
  throw new Error(`nghttpd does not listen on port ${port}`)
}
