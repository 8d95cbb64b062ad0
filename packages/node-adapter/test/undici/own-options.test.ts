import type { IncomingMessage } from 'node:http'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { startHeldOrigin } from '../support/held-origin.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startOrigin } from '../support/origin.ts'
import { dispatch, newDispatcher } from './support/dispatcher.ts'
import { reply, startH2Origin } from './support/h2-origin.ts'

// A request is what it was when it was dispatched, however late it is sent, and however often.

test('options and headers that are used again for the next request change none before it', async () => {
  const seen: string[] = []
  const { port } = await startOrigin((req, res) => {
    seen.push(`${req.method} ${req.url} ${req.headers['x-id']}`)
    res.end()
  })
  const dispatcher = newDispatcher({ connections: 2 })
  const headers: Record<string, string> = {}
  const options = { origin: `http://127.0.0.1:${port}`, path: '', method: 'GET', headers }

  const ended = [1, 2, 3, 4, 5].map((id) => {
    headers['x-id'] = String(id)
    options.path = `/${id}`
    options.method = id === 5 ? 'DELETE' : 'GET'
    return dispatch(dispatcher, options).ended
  })
  await Promise.all(ended)

  expect(seen.sort()).toEqual(['DELETE /5 5', 'GET /1 1', 'GET /2 2', 'GET /3 3', 'GET /4 4'])
})

test('the same by HTTP/2, with a query and a flat list of headers', async () => {
  const { url, ca } = await startH2Origin((stream, headers) => {
    reply(stream, `${headers[':path']} ${headers['x-id']}`)
  })
  const dispatcher = newDispatcher({ tls: { ca } })
  const query: Record<string, number> = {}
  const headers = ['x-id', '']

  const bodies = [1, 2].map(async (id) => {
    headers[1] = String(id)
    query['id'] = id
    return (await dispatch(dispatcher, { origin: url, query, headers }).ended).body
  })

  expect(await Promise.all(bodies)).toEqual(['/?id=1 1', '/?id=2 2'])
})

function* once(): Generator<[string, string]> {
  yield ['authorization', 'Bearer x']
  yield ['x-other', 'y']
}

test.each([
  ['a generator', () => once()],
  ['the entries of a Map', () => new Map(once()).entries()],
  ['a Map', () => new Map(once())],
])('headers that are %s are sent, by HTTP/1.1 and HTTP/2 over TLS', async (_, make) => {
  const told = ({ headers }: Pick<IncomingMessage, 'headers'>): string =>
    `${headers.authorization} ${headers['x-other']}`
  const http1 = await startHttpsOrigin((req, res) => res.end(told(req)))
  const http2 = await startH2Origin((stream, headers) => reply(stream, told({ headers })))
  const dispatcher = newDispatcher({ tls: { ca: [http1.cert, http2.ca].join('\n') } })

  for (const origin of [`https://127.0.0.1:${http1.port}`, http2.url]) {
    const { ended } = dispatch(dispatcher, { origin, headers: make() })
    expect((await ended).body).toBe('Bearer x y')
  }
})

test('a request that is sent again has the headers that it had', async () => {
  const held = await startHeldOrigin()
  const dispatcher = newDispatcher({ connections: 1 })
  const origin = `http://127.0.0.1:${held.port}`
  const first = dispatch(dispatcher, { origin })
  ;(await held.request()).res.end()
  await first.ended
  const headers = new Map(once())

  const { ended } = dispatch(dispatcher, { origin, headers: headers.entries() })
  const lost = await held.request()
  headers.set('authorization', 'of somebody else')
  lost.req.socket.resetAndDestroy()
  const again = await held.request()
  again.res.end('again')

  expect((await ended).body).toBe('again')
  expect(lost.req.headers).toMatchObject({ authorization: 'Bearer x', 'x-other': 'y' })
  expect(again.req.headers).toMatchObject({ authorization: 'Bearer x', 'x-other': 'y' })
})

test.each([
  ['a list of what are no pairs', { headers: [5].values() }, 'headers must be in key-value pair'],
  ['pairs of three', { headers: new Set([['a', 'b', 'c']]) }, 'headers must be in key-value pair'],
  ['a path in its origin', { origin: 'http://127.0.0.1:1/path' }, 'an origin has no path'],
])('%s is refused at once', async (_, wrong, message) => {
  const { calls, ended } = dispatch(newDispatcher(), { origin: 'https://127.0.0.1:1', ...wrong })

  expect(calls).toEqual(['error'])
  await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  await expect(ended).rejects.toThrow(message)
})

test.each([
  ['path', { path: 'no-slash' }],
  ['path', { path: '/with blank' }],
  ['method', { method: 'NO TOKEN' }],
  ['headersTimeout', { headersTimeout: -1 }],
])('one whose %s makes no sense does not wait to be told so', async (_, wrong) => {
  const dispatcher = newDispatcher()

  // Nobody listens there, which would be told otherwise.
  const { calls, ended } = dispatch(dispatcher, { origin: 'http://127.0.0.1:1', ...wrong })

  expect(calls).toEqual(['start', 'error'])
  await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  expect(dispatcher.pool.stats()).toMatchObject({ dialing: 0, waiting: 0 })
})

test('options of request() are read when it is called', async () => {
  const { port } = await startOrigin((req, res) => res.end(req.url))
  const dispatcher = newDispatcher({ connections: 1 })
  const options = { origin: `http://127.0.0.1:${port}`, path: '/a', method: 'GET' as const }

  const first = dispatcher.request(options)
  const second = dispatcher.request({ ...options, path: '/b' })
  options.path = '/c'
  const third = dispatcher.request(options)

  const texts = [first, second, third].map(async (answer) => (await answer).body.text())
  expect(await Promise.all(texts)).toEqual(['/a', '/b', '/c'])
  expect(await (await request(options.origin, { dispatcher })).body.text()).toBe('/')
})
