import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { errorOf, get, newAgent, newHttpsAgent, send } from '../support/agent.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startTcp } from '../support/origin.ts'
import { watchProcess } from './watch-process.ts'

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'

test('a half-open connection, whose peer is gone without a word, costs one request its timeout', async () => {
  const seen = watchProcess()
  // given a connection that has served a request, and whose server hears nothing any more
  let deaf: Socket | undefined
  const origin = await startTcp((socket) => {
    socket.on('data', () => {
      if (socket !== deaf) socket.write(answer)
    })
  })
  const agent = newAgent()
  const { socket } = await get(agent, origin.port)
  ;[deaf] = origin.sockets

  // when the next request goes by it
  const { req, reply } = send(agent, origin.port, { timeout: 50 })
  req.on('timeout', () => req.destroy(new Error('no answer')))

  // then it ends by its timeout, the connection is gone, and the request after it has a new one
  expect(await errorOf(reply)).toMatchObject({ message: 'no answer' })
  expect(req.reusedSocket).toBe(true)
  const next = await get(agent, origin.port)
  expect(next.socket).not.toBe(socket)
  expect(agent.pool.stats()).toMatchObject({ open: 1, leased: 0 })
  expect(seen()).toEqual([])
})

test('a server that ends its side only is not asked again', async () => {
  // given a server that goes on reading after its FIN, so that the connection is half-open for good
  const origin = await startTcp((socket) => {
    socket.allowHalfOpen = true
    socket.on('data', () => socket.write(answer))
  })
  const agent = newAgent()
  const { socket } = await get(agent, origin.port)

  for (const end of origin.sockets) end.end()
  if (!socket.closed) await once(socket, 'close')

  expect((await get(agent, origin.port)).body).toBe('hello')
  expect(agent.pool.stats().totals).toMatchObject({ dials: 2 })
})

test('an origin that drips its answer byte by byte is served to its end, and holds up nobody else', async () => {
  const origin = await startTcp((socket) => {
    socket.on('data', (request) => {
      if (String(request).startsWith('GET /slow')) drip(socket)
      else socket.write(answer)
    })
  })
  const agent = newAgent({ maxSockets: 2 })
  const slow = send(agent, origin.port, { path: '/slow' })

  for (let i = 0; i < 20; i++) expect((await get(agent, origin.port)).body).toBe('hello')

  expect((await slow.reply).body).toBe('hello')
  expect(agent.pool.stats()).toMatchObject({ idle: 2, totals: { dials: 2 } })
})

test('a request to an origin that never ends its headers ends by its timeout, and frees its place', async () => {
  const seen = watchProcess()
  const dripping: NodeJS.Timeout[] = []
  const origin = await startTcp((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx: ')
    const timer = setInterval(() => socket.write('y'), 5)
    dripping.push(timer)
    socket.on('close', () => clearInterval(timer))
  })
  const agent = newAgent({ maxSockets: 1 })

  for (let i = 0; i < 3; i++) {
    // Bytes come, so the socket is never silent: only a limit on the whole ends it.
    const signal = AbortSignal.timeout(60)
    expect(await errorOf(send(agent, origin.port, { signal }).reply)).toMatchObject({
      name: 'AbortError',
    })
  }

  await expect.poll(() => agent.pool.stats()).toMatchObject({ open: 0, waiting: 0 })
  await expect.poll(() => origin.sockets.size).toBe(0)
  expect(seen()).toEqual([])
})

test('a reader that stops reading holds its connection, and destroying it frees that', async () => {
  const body = Buffer.alloc(5_000_000)
  const origin = await startHttpsOrigin((_, res) => res.end(body))
  const agent = await newHttpsAgent({ maxSockets: 1 })
  const { req } = send(agent, origin.port)
  req.removeAllListeners('response')
  const [res] = await once(req, 'response')
  res.pause()
  const waiting = get(agent, origin.port)
  expect(agent.pool.stats()).toMatchObject({ leased: 1, waiting: 1 })

  res.destroy()

  expect((await waiting).body).toHaveLength(body.length)
  expect(agent.pool.stats()).toMatchObject({ open: 1, leased: 0, waiting: 0 })
})

function drip(socket: Socket): void {
  let sent = 0
  const timer = setInterval(() => {
    socket.write(answer[sent++] as string)
    if (sent === answer.length) clearInterval(timer)
  }, 1)
  socket.on('close', () => clearInterval(timer))
}
