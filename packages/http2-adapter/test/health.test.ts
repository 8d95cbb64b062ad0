import { once } from 'node:events'
import { expect, test } from 'vitest'
import { suspect } from '../src/index.ts'
import {
  errorOf,
  get,
  newClient,
  newPool,
  startBlackHole,
  startOrigin,
  text,
} from './support/fixtures.ts'
import { frameTypes, startRaw } from './support/raw-origin.ts'

test('a session that falls silent is asked, and given up without an answer', async () => {
  const origin = await startOrigin({ onStream: () => {} })
  const hole = await startBlackHole(origin.port)
  const client = newClient({ pingIntervalMs: 300, pingTimeoutMs: 300 })
  const request = client.request(`http://127.0.0.1:${hole.port}/`)
  request.catch(() => {})
  await expect.poll(() => client.stats().streams).toBe(1)

  hole.swallow()
  const since = performance.now()
  const error = await errorOf(request)

  expect(error).toMatchObject({ code: 'ERR_H2_UNRESPONSIVE', sessionId: 1, streamId: 1 })
  expect(performance.now() - since).toBeLessThan(2_000)
  expect(client.stats()).toMatchObject({ open: 0, leases: 0 })
})

test('an idle session is asked, too, and a peer that answers keeps it', async () => {
  const origin = await startRaw({ onStream: (session, id) => session.respond(id, true) })
  const client = newClient({ pingIntervalMs: 100, pingTimeoutMs: 400 })
  await get(client, origin.url)
  const { socket } = origin.sessions[0]!
  const before = socket.bytesRead

  // Each ping is 17 bytes long.
  await expect.poll(() => socket.bytesRead - before).toBeGreaterThan(17 * 5)
  expect(client.stats()).toMatchObject({ open: 1 })

  origin.sessions[0]!.answersPings = false
  await expect.poll(() => client.stats().open).toBe(0)
})

test('an answer that waits to be read in a process that was busy itself counts', async () => {
  const origin = await startRaw()
  const pool = newPool({ pingTimeoutMs: 100 })
  const { conn } = await pool.acquire({ host: '127.0.0.1', port: origin.port })
  const { received, socket } = origin.sessions[0]!
  const isAsked = (): boolean => received.some(({ type }) => type === frameTypes.ping)
  let wasBusy = false
  // The answer has been sent by then, and the deadline passes before anybody can read it.
  socket.on('data', () => {
    if (!isAsked() || wasBusy) return
    const until = performance.now() + 300
    while (performance.now() < until) wasBusy = true
  })

  suspect(conn)

  await expect
    .poll(() => pool.tryAcquire({ host: '127.0.0.1', port: origin.port })?.conn)
    .toBe(conn)
  expect(wasBusy).toBe(true)
})

test('a peer that sends anything is there, even if its answer is long in coming', async () => {
  const origin = await startRaw({ onStream: (session, id) => session.respond(id) })
  const client = newClient({ pingTimeoutMs: 200 })
  const { stream } = await client.request(origin.url)
  const session = origin.sessions[0]!
  session.answersPings = false
  const talking = setInterval(() => session.data(1, 'x'), 50)
  stream.resume()

  suspect(stream.session as never)
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(client.stats()).toMatchObject({ open: 1 })
  clearInterval(talking)

  expect((await once(stream, 'error'))[0]).toMatchObject({ code: 'ERR_H2_UNRESPONSIVE' })
})

test('after a request that timed out nobody gets its session, until its peer has answered', async () => {
  const origin = await startOrigin()
  const other = await startOrigin()
  const hole = await startBlackHole(origin.port)
  const client = newClient({ pingTimeoutMs: 1_000 })
  const pool = client.pool
  const url = `http://127.0.0.1:${hole.port}/`
  await get(client, url)
  hole.swallow()

  const late = client.request(url, {}, { timeoutMs: 100 })
  expect(await errorOf(late)).toMatchObject({ code: 'ERR_H2_TIMEOUT', streamId: 3 })
  const next = pool.acquire({ host: '127.0.0.1', port: hole.port })
  expect((await next).conn).not.toBe(undefined)
  expect(client.stats().sessions.length).toBe(2)
  await expect.poll(() => client.stats().sessions.length).toBe(1)
  expect(await get(client, other.url)).toBe('/')
})

test('a network that swallows everything fails one request, and the next is answered within 2 s', async () => {
  const origin = await startOrigin()
  const hole = await startBlackHole(origin.port)
  const url = `http://127.0.0.1:${hole.port}/`
  const client = newClient({ pingIntervalMs: 1_000, pingTimeoutMs: 1_000 })
  const outcome = () =>
    client.request(url, {}, { timeoutMs: 1_000 }).then(
      ({ stream }) => text(stream),
      ({ code }) => code,
    )
  expect(await get(client, url)).toBe('/')

  hole.swallow()
  const since = performance.now()
  const outcomes = [await outcome(), await outcome(), await outcome()]

  expect(outcomes).toEqual(['ERR_H2_TIMEOUT', '/', '/'])
  expect(performance.now() - since).toBeLessThan(2_000)
})

test('a peer that answers in time gets its session back, and no other was needed', async () => {
  const origin = await startOrigin()
  const pool = newPool()
  const lease = await pool.acquire(origin.target)

  suspect(lease.conn)
  expect(pool.tryAcquire(origin.target)).toBe(undefined)

  await expect.poll(() => pool.tryAcquire(origin.target)?.conn).toBe(lease.conn)
  expect(origin.accepted()).toBe(1)
})
