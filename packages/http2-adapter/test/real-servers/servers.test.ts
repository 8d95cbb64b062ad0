import { describe, expect, test } from 'vitest'
import { newClient, text } from '../support/fixtures.ts'
import { load } from './load.ts'
import { startNginx } from './nginx.ts'
import { startH2o, startHaproxy, startNghttpd } from './others.ts'
import { missing } from './tool.ts'

const servers = [
  {
    name: 'nginx',
    why: missing('nginx', 'nginx-light', '-v'),
    start: () =>
      startNginx({ keepaliveRequests: 100_000, maxConcurrentStreams: 16, bigBytes: 1_000_000 }),
    big: 1_000_000,
  },
  {
    name: 'nghttpd',
    why: missing('nghttpd', 'nghttp2-server', '--version'),
    start: () => startNghttpd(16),
    big: 1_000_000,
  },
  {
    name: 'h2o',
    why: missing('h2o', 'h2o', '--version'),
    start: () => startH2o(16),
    big: 1_000_000,
  },
  {
    name: 'HAProxy',
    why: missing('haproxy', 'haproxy', '-v'),
    start: () => startHaproxy(16),
    big: 5,
  },
]

for (const { name, why, start, big } of servers) {
  const title = why === undefined ? name : `${name} (${why})`
  describe.runIf(why === undefined)(title, () => {
    test('a cold burst of 100 takes the sessions that its limit asks for, and loses nothing', async () => {
      const server = await start()
      const client = newClient({ tls: { ca: server.ca }, expectedStreams: 16 })

      const answers = await Promise.all(
        Array.from({ length: 100 }, () => client.request(`${server.url}/`)),
      )
      expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(200))
      await Promise.all(answers.map(({ stream }) => text(stream)))

      expect(client.stats()).toMatchObject({ retries: 0, totals: { dialsFailed: 0 } })
      expect(client.stats().totals.dials).toBeLessThanOrEqual(7)
    })

    test('large bodies come whole, many at once', async () => {
      const server = await start()
      const client = newClient({ tls: { ca: server.ca } })

      const bodies = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const { stream } = await client.request(`${server.url}/big`)
          return (await text(stream)).length
        }),
      )

      expect(bodies).toEqual(Array(40).fill(big))
    })

    test('a second of load is served without an error', async () => {
      const server = await start()
      const client = newClient({ tls: { ca: server.ca }, maxPerKey: 2 })

      const { errors } = await load(client, [`${server.url}/`], { callers: 50, durationMs: 1_000 })

      expect(errors).toEqual([])
      expect(client.stats()).toMatchObject({ retries: 0 })
    })
  })
}
