import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { type Listening, listen, startTcp } from '../support/origin.ts'
import { by, newDispatcher } from './support/dispatcher.ts'
import { engines, undici7, undici8 } from './support/undicis.ts'

/** Upgrades to an echo of bytes, and takes tunnels. */
async function startUpgrading(): Promise<Listening & { url: string }> {
  const server = createServer((_, res) => res.end('ok'))
  server.on('upgrade', (_, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n')
    socket.pipe(socket)
  })
  server.on('connect', (req, socket: Socket) => {
    const way = connect(Number(req.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      way.pipe(socket).pipe(way)
    })
    way.on('error', () => {})
  })
  const listening = await listen(server, 0)
  return { ...listening, url: `http://127.0.0.1:${listening.port}` }
}

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined)(`taken out for good, ${engine.name}`, () => {
    test('is the connection of an upgrade', async () => {
      const { url } = await startUpgrading()
      const dispatcher = newDispatcher({ undici: engine.undici, connections: 1 })
      const { socket } = await undici7.upgrade(`${url}/`, { ...by(dispatcher), protocol: 'echo' })
      socket.write('hello')
      expect(String((await once(socket, 'data'))[0])).toBe('hello')
      expect(dispatcher.pool.stats()).toMatchObject({ open: 0, totals: { detached: 1 } })

      // its place is free, and its life is its own
      const { body } = await undici7.request(url, by(dispatcher))
      expect(await body.text()).toBe('ok')
      await dispatcher.close()
      socket.write('still there')
      expect(String((await once(socket, 'data'))[0])).toBe('still there')
      socket.destroy()
    })

    test('is the connection of a tunnel', async () => {
      const { url } = await startUpgrading()
      const far = await startTcp((socket) => socket.pipe(socket))
      const dispatcher = newDispatcher({ undici: engine.undici })
      const { socket } = await dispatcher.connect({ origin: url, path: `127.0.0.1:${far.port}` })
      socket.write('through')
      expect(String((await once(socket, 'data'))[0])).toBe('through')
      expect(dispatcher.pool.stats()).toMatchObject({ open: 0, totals: { detached: 1 } })
      socket.destroy()
    })
  })
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

for (const [name, undici] of [
  ['undici 7', undici7],
  ['undici 8', undici8],
] as const) {
  test.skipIf(undici === undefined)(`the WebSocket of ${name} speaks through it`, async () => {
    const server = createServer()
    server.on('upgrade', (req, socket: Socket) => {
      const key = createHash('sha1')
        .update(req.headers['sec-websocket-key'] + guid)
        .digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
      )
      socket.write(Buffer.from([0x81, 2, 0x68, 0x69]))
    })
    const { port } = await listen(server, 0)
    const dispatcher = newDispatcher()
    const socket = new undici!.WebSocket(`ws://127.0.0.1:${port}`, by(dispatcher) as never)
    const message = await new Promise((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => resolve(data))
      socket.addEventListener('error', (event) => reject(event.error))
    })
    expect(message).toBe('hi')
    expect(dispatcher.pool.stats().totals.detached).toBe(1)
  })
}
