import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { errorOf, get, newAgent, send } from '../support/agent.ts'
import { startTcp } from '../support/origin.ts'
import { watchProcess } from './watch-process.ts'

const lengthed = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\nkeep-alive: timeout=60\r\n\r\nhello'
const chunked =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'

const often = { interval: 1 }

type Cut = 'reset' | 'end'

/** A server that sends so many bytes of an answer and then cuts the connection; later it answers whole. */
function startCutting(answer: string, cut: Cut) {
  let left: number | undefined
  const onRequest = (socket: Socket): void => {
    if (left === undefined) {
      socket.write(answer)
      return
    }
    const bytes = answer.slice(0, left)
    left = undefined
    const stop = (): void => void (cut === 'reset' ? socket.resetAndDestroy() : socket.end())
    // The bytes have left before the reset does, which would overtake them.
    if (bytes === '') stop()
    else socket.write(bytes, () => setImmediate(stop))
  }
  const started = startTcp((socket) => socket.on('data', () => onRequest(socket)))
  const cutAfter = (bytes: number): void => void (left = bytes)
  return { started, cutAfter }
}

test.each([
  ['reset', 'a length', lengthed],
  ['reset', 'chunks', chunked],
  ['end', 'a length', lengthed],
  ['end', 'chunks', chunked],
] as const)('%s after each byte of an answer with %s: one end, no leak', async (cut, _, answer) => {
  const seen = watchProcess()
  const { started, cutAfter } = startCutting(answer, cut)
  const origin = await started
  const agent = newAgent()

  for (let bytes = 0; bytes < answer.length; bytes++) {
    // given, every other time, a connection that has served a request
    if (bytes % 2 === 1) expect((await get(agent, origin.port)).body).toBe('hello')

    cutAfter(bytes)
    const { req, reply } = send(agent, origin.port)
    const ends: string[] = []
    for (const event of ['error', 'close']) req.on(event, () => ends.push(event))
    const error = await errorOf(reply)

    expect(error.code, `after ${bytes} bytes`).toMatch(/ECONNRESET|HPE_INVALID_EOF_STATE/)
    await expect.poll(() => ends.filter((event) => event === 'close').length, often).toBe(1)
    expect(ends.filter((event) => event === 'error').length).toBeLessThanOrEqual(1)
    await expect.poll(() => agent.pool.stats(), often).toMatchObject({ open: 0, waiting: 0 })
  }

  await expect.poll(() => origin.sockets.size).toBe(0)
  expect([agent.sockets, agent.freeSockets, agent.requests]).toEqual([{}, {}, {}])
  expect(seen()).toEqual([])
})

test('a reset right behind a whole answer costs the connection, not the answer', async () => {
  const seen = watchProcess()
  const origin = await startTcp((socket) =>
    socket.on('data', () =>
      socket.write(lengthed, () => setTimeout(() => socket.resetAndDestroy(), 5)),
    ),
  )
  const agent = newAgent()

  for (let i = 0; i < 20; i++) {
    expect((await get(agent, origin.port)).body).toBe('hello')
    await expect.poll(() => agent.pool.stats().open, often).toBe(0)
  }

  expect(seen()).toEqual([])
})

test('a FIN that crosses a request on a used connection: an answer or ECONNRESET, never both or none', async () => {
  const seen = watchProcess()
  // given a server that ends each connection at about the time of its next request
  let wait = 0
  const origin = await startTcp((socket) => {
    socket.on('data', () => {
      socket.write(lengthed)
      setTimeout(() => socket.end(), wait)
    })
  })
  const agent = newAgent()
  const outcomes = { answered: 0, reset: 0 }

  for (let i = 0; i < 300; i++) {
    wait = i % 4
    const { req, reply } = send(agent, origin.port)
    try {
      expect((await reply).body).toBe('hello')
      outcomes.answered++
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) })
      expect(req.reusedSocket).toBe(true)
      outcomes.reset++
    }
    if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, i % 5))
  }

  expect(outcomes.answered + outcomes.reset).toBe(300)
  expect(outcomes.answered).toBeGreaterThan(100)
  await expect.poll(() => agent.pool.stats()).toMatchObject({ open: 0, leased: 0 })
  expect(seen()).toEqual([])
})
