import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startHeldOrigin } from '../support/held-origin.ts'
import { startOrigin, unusedPort } from '../support/origin.ts'
import { dispatch, newDispatcher } from './support/dispatcher.ts'
import { reply, startH2Origin } from './support/h2-origin.ts'
import { engines } from './support/undicis.ts'

interface Message {
  request: {
    origin: string
    path: string
    method: string
    headers: unknown[]
    addHeader(name: string, value: string): void
  }
  error?: Error
  waitedMs?: number
  response?: { statusCode: number; headers: unknown[] }
}

/** Collects what is published while the test runs. */
function listenTo(names: readonly string[], heard: (name: string, message: Message) => void): void {
  for (const name of names) {
    const listener = (message: unknown): void => heard(name, message as Message)
    subscribe(name, listener)
    onTestFinished(() => void unsubscribe(name, listener))
  }
}

const channels = [
  'request:create',
  'client:sendHeaders',
  'request:headers',
  'request:trailers',
  'request:error',
].map((name) => `undici:${name}`)

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined)(`the channels of undici, ${engine.name}`, () => {
    test('tell of a request from its creation to its end', async () => {
      const { port } = await startOrigin((req, res) => res.end(String(req.headers['x-trace'])))
      const dispatcher = newDispatcher({ undici: engine.undici })
      const heard: string[] = []
      listenTo(channels, (name, { request }) => {
        if (name === 'undici:request:create') request.addHeader('x-trace', '42')
        heard.push(name)
        expect(request).toMatchObject({ path: '/', method: 'GET' })
      })
      const { ended } = dispatch(dispatcher, { origin: `http://127.0.0.1:${port}` })
      expect((await ended).body).toBe('42')
      expect(heard).toEqual(channels.slice(0, 4))
    })
  })
}

test('the channels of undici tell the same of a request by HTTP/2', async () => {
  const { url, ca } = await startH2Origin((stream, headers) => {
    if (headers[':path'] === '/reset') stream.close(2)
    else reply(stream, String(headers['x-trace']))
  })
  const dispatcher = newDispatcher({ tls: { ca } })
  const heard: [string, Message][] = []
  listenTo(channels, (name, message) => {
    if (name === 'undici:request:create') message.request.addHeader('x-trace', '42')
    heard.push([name, message])
  })
  const options = { origin: url, headers: { 'x-a': '1' } }
  expect((await dispatch(dispatcher, options).ended).body).toBe('42')
  expect(heard.map(([name]) => name)).toEqual(channels.slice(0, 4))
  const { request } = heard[0]![1]
  expect(request).toMatchObject({ origin: url, path: '/', method: 'GET' })
  expect(request.headers).toEqual(['x-a', '1', 'x-trace', '42'])
  expect(heard[2]![1].response).toMatchObject({ statusCode: 200 })

  heard.length = 0
  const { ended } = dispatch(dispatcher, { origin: url, path: '/reset' })
  const error = await ended.catch((e) => e)
  expect(heard.at(-1)).toEqual(['undici:request:error', { request: expect.anything(), error }])
})

test('the channels of undici tell of one that gets no connection, and nothing of one that makes no sense', async () => {
  const port = await unusedPort()
  const held = await startHeldOrigin()
  const dispatcher = newDispatcher({ connections: 1 })
  const heard: [string, Message][] = []
  listenTo(channels, (name, message) => heard.push([name, message]))

  const refused = dispatch(dispatcher, { origin: `http://127.0.0.1:${port}`, path: '/refused' })
  const error = await refused.ended.catch((e) => e)

  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  const request = { path: '/refused', method: 'GET', origin: `http://127.0.0.1:${port}` }
  expect(heard).toMatchObject([
    ['undici:request:create', { request }],
    ['undici:request:error', { request, error }],
  ])

  heard.length = 0
  const origin = `http://127.0.0.1:${held.port}`
  const first = dispatch(dispatcher, { origin, path: '/first' })
  const { res } = await held.request()
  const aborted = dispatch(dispatcher, { origin, path: '/aborted' })
  aborted.abort(new Error('not wanted'))
  const odd = dispatch(dispatcher, { origin, method: 'NO TOKEN' })
  await expect(odd.ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  res.end()
  await first.ended

  const of = (path: string) =>
    heard.filter(([, message]) => message.request.path === path).map(([name]) => name)
  expect(of('/aborted')).toEqual(['undici:request:create', 'undici:request:error'])
  expect(of('/')).toEqual([])
})

test('a request by HTTP/2 that is aborted when it is told of is not sent', async () => {
  let served = 0
  const { url, ca } = await startH2Origin((stream) => {
    served++
    reply(stream)
  })
  const dispatcher = newDispatcher({ tls: { ca } })
  await dispatch(dispatcher, { origin: url }).ended
  const reason = new Error('not wanted')
  let control: { abort(reason: Error): void } | undefined
  listenTo(['undici:request:create'], () => control?.abort(reason))

  const aborted = dispatch(dispatcher, { origin: url }, 'new', {
    onRequestStart(given: NonNullable<typeof control>) {
      control = given
    },
  })

  await expect(aborted.ended).rejects.toBe(reason)
  expect(dispatcher.pool.stats()).toMatchObject({ open: 1, leases: 0 })
  control = undefined
  await dispatch(dispatcher, { origin: url }).ended
  expect(served).toBe(2)
})

test("how long a request has waited is told on the pool's channels", async () => {
  const held = await startHeldOrigin()
  const waits: number[] = []
  listenTo(['wantconn:pool:gotConn'], (_, { waitedMs }) => waits.push(waitedMs as number))
  const dispatcher = newDispatcher({ connections: 1 })
  const options = { origin: `http://127.0.0.1:${held.port}` }
  const first = dispatch(dispatcher, options)
  const { res } = await held.request()
  const second = dispatch(dispatcher, options)
  setTimeout(() => res.end(), 50)
  await first.ended
  ;(await held.request()).res.end()
  await second.ended
  expect(waits).toHaveLength(2)
  expect(waits[1]).toBeGreaterThanOrEqual(45)
})
