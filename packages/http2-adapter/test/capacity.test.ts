import { once } from 'node:events'
import type { ServerHttp2Stream } from 'node:http2'
import { expect, test } from 'vitest'
import { errorOf, get, newClient, newPool, read, startOrigin } from './support/fixtures.ts'
import { startRaw } from './support/raw-origin.ts'

test('1,000 wants at once make ten sessions of 100 streams, where that is what is expected', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 100 } })
  const pool = newPool()

  const leases = await Promise.all(Array.from({ length: 1_000 }, () => pool.acquire(origin.target)))

  expect(origin.accepted()).toBe(10)
  expect(pool.stats()).toMatchObject({ open: 10, leases: 1_000, waiting: 0 })
  for (const lease of leases) lease.release()
})

test('a limit that nobody expected is learned by the first sessions, and kept for the key', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 10 } })
  const pool = newPool({ expectedStreams: 50 })
  const burst = () => Promise.all(Array.from({ length: 50 }, () => pool.acquire(origin.target)))

  for (const lease of await burst()) lease.release()
  const cold = origin.accepted()
  pool.closeIdle()
  for (const lease of await burst()) lease.release()

  expect(cold).toBe(5)
  expect(origin.accepted() - cold).toBe(5)
})

test('112, 115: a session that is full makes the next want dial another one', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 1 } })
  const pool = newPool()

  const first = await pool.acquire(origin.target)
  const second = await pool.acquire(origin.target)

  expect(second.conn).not.toBe(first.conn)
  expect(pool.stats()).toMatchObject({ open: 2, leased: 2 })
})

test('92: maxPerKey bounds sessions, and wants wait for streams', async () => {
  const streams: ServerHttp2Stream[] = []
  const origin = await startOrigin({
    settings: { maxConcurrentStreams: 1 },
    onStream: (stream) => streams.push(stream),
  })
  const client = newClient({ maxPerKey: 1 })

  const answers = [1, 2, 3].map(() => client.request(origin.url))
  for (let sent = 1; sent <= 3; sent++) {
    await expect.poll(() => streams.length).toBe(sent)
    streams.at(-1)?.respond({ ':status': 204 }, { endStream: true })
  }
  await Promise.all(answers)

  expect(origin.accepted()).toBe(1)
})

test('a limit lowered below what is in use throws nobody off, and one raised serves who waits', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 2 } })
  const pool = newPool({}, { maxPerKey: 1 })
  const leases = [await pool.acquire(origin.target), await pool.acquire(origin.target)]
  const session = leases[0]!.conn

  origin.session().settings({ maxConcurrentStreams: 1 })
  await once(session, 'remoteSettings')
  leases.pop()?.release()
  const waiting = pool.acquire(origin.target)
  expect(pool.stats()).toMatchObject({ leases: 1, waiting: 1 })
  expect((await read(session.request({ ':path': '/still' }))).body).toBe('/still')

  origin.session().settings({ maxConcurrentStreams: 3 })
  expect((await waiting).conn).toBe(session)
})

test('a limit of 0 pauses a session, which goes on when it is raised', async () => {
  const origin = await startOrigin()
  const pool = newPool({}, { maxPerKey: 1 })
  const { conn } = await pool.acquire(origin.target)

  origin.session().settings({ maxConcurrentStreams: 0 })
  await once(conn, 'remoteSettings')
  expect(pool.tryAcquire(origin.target)).toBe(undefined)

  const waiting = pool.acquire(origin.target)
  origin.session().settings({ maxConcurrentStreams: 5 })
  expect((await waiting).conn).toBe(conn)
})

test('a fresh session that takes no streams is a failed dial', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 0 } })
  const pool = newPool()

  const error = await errorOf(pool.acquire(origin.target))

  expect(error).toMatchObject({ code: 'ERR_POOL_DIAL_CLOSED' })
  await expect.poll(() => origin.sockets.size).toBe(0)
})

test('114: the least loaded session gets the next stream', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 4 } })
  const pool = newPool({ expectedStreams: 1 })
  const leases = await Promise.all(Array.from({ length: 6 }, () => pool.acquire(origin.target)))
  const count = (session: unknown) => leases.filter(({ conn }) => conn === session).length
  const sessions = [...new Set(leases.map(({ conn }) => conn))]
  const least = sessions.reduce((a, b) => (count(a) <= count(b) ? a : b))

  expect((await pool.acquire(origin.target)).conn).toBe(least)
})

test('no stream is refused while the limit is stable, however hard the session is used', async () => {
  const origin = await startOrigin({ settings: { maxConcurrentStreams: 7 } })
  const client = newClient({ maxPerKey: 2 })

  const all = Array.from({ length: 500 }, async (_, i) => {
    const { stream } = await client.request(`${origin.url}/${i}`)
    if (i % 5 === 0) stream.close()
    else for await (const chunk of stream) expect(String(chunk)).toBe(`/${i}`)
  })
  await Promise.all(all)

  await expect.poll(() => client.stats()).toMatchObject({ retries: 0, leases: 0, open: 2 })
})

test('a session whose ids are used up is drained, and no request fails for it', async () => {
  const origin = await startOrigin()
  const client = newClient()
  const lease = await client.pool.acquire(origin.target)
  const session = lease.conn as unknown as { setNextStreamID(id: number): void }
  session.setNextStreamID(2 ** 31 - 3)
  lease.release()

  const paths = ['/1', '/2', '/3', '/4']
  for (const path of paths) expect(await get(client, origin.url + path)).toBe(path)

  expect(origin.accepted()).toBe(2)
  expect(client.stats()).toMatchObject({ retries: 0, totals: { closed: { drained: 1 } } })
})

test('a peer that sets no limit gets all streams at once, over one session', async () => {
  const origin = await startRaw({ onSession: (session) => session.settings('no limit') })
  const client = newClient({ expectedStreams: 1_000 })

  for (let i = 0; i < 300; i++) client.request(origin.url).catch(() => {})

  await expect.poll(() => origin.sessions[0]?.streams.length).toBe(300)
  expect(origin.sessions).toHaveLength(1)
})
