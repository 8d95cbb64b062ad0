import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { startHeldOrigin } from '../support/held-origin.ts'
import { startOrigin } from '../support/origin.ts'
import { dispatch, newDispatcher, newGatedDispatcher } from './support/dispatcher.ts'

test('a request takes the connection that another is done with, while its own dial goes on', async () => {
  const held = await startHeldOrigin()
  const { dispatcher, dials } = newGatedDispatcher()
  const options = { origin: `http://127.0.0.1:${held.port}` }

  // given a first request under way, and a second one whose dial is slow
  const first = dispatch(dispatcher, options)
  await expect.poll(() => dials.length).toBe(1)
  dials[0]!.finish()
  const { res } = await held.request()
  const second = dispatch(dispatcher, options)
  await expect.poll(() => dials.length).toBe(2)

  // when the first one is answered
  res.end('one')
  expect((await first.ended).body).toBe('one')

  // then the second one goes out on the same connection, and its dial serves nobody yet
  const next = await held.request()
  next.res.end('two')
  expect((await second.ended).body).toBe('two')
  expect(next.req.socket).toBe(res.req.socket)
  expect(dispatcher.pool.stats()).toMatchObject({ open: 1, dialing: 1 })
  expect(second.calls).toEqual(['start', 'head', 'data', 'end'])
})

test('a dial that comes too late serves the next request', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const { dispatcher, dials } = newGatedDispatcher()
  const options = { origin: `http://127.0.0.1:${port}` }
  const both = [dispatch(dispatcher, options), dispatch(dispatcher, options)]
  await expect.poll(() => dials.length).toBe(2)
  dials[0]!.finish()
  await Promise.all(both.map(({ ended }) => ended))

  // when the second dial ends, with nobody waiting
  dials[1]!.finish()
  await expect.poll(() => dispatcher.pool.stats().idle).toBe(2)

  // then two requests at once need no dial
  const next = [dispatch(dispatcher, options), dispatch(dispatcher, options)]
  await Promise.all(next.map(({ ended }) => ended))
  expect(dials).toHaveLength(2)
})

test('a failing dial fails its own request, with the very error, and no other', async () => {
  const held = await startHeldOrigin()
  const { dispatcher, dials } = newGatedDispatcher()
  const options = { origin: `http://127.0.0.1:${held.port}` }
  const requests = [1, 2, 3].map(() => dispatch(dispatcher, options))
  await expect.poll(() => dials.length).toBe(3)

  const refused = new Error('refused')
  dials[1]!.fail(refused)
  await expect(requests[1]!.ended).rejects.toBe(refused)

  dials[0]!.finish()
  ;(await held.request()).res.end()
  dials[2]!.finish()
  await Promise.race([requests[2]!.ended, held.request().then(({ res }) => res.end())])
  await Promise.all([requests[0]!.ended, requests[2]!.ended])
})

test('a failing dial is not noticed by a request that has found a connection', async () => {
  const held = await startHeldOrigin()
  const { dispatcher, dials } = newGatedDispatcher()
  const options = { origin: `http://127.0.0.1:${held.port}` }
  const first = dispatch(dispatcher, options)
  await expect.poll(() => dials.length).toBe(1)
  dials[0]!.finish()
  const { res } = await held.request()
  const second = dispatch(dispatcher, options)
  await expect.poll(() => dials.length).toBe(2)
  res.end()
  const taken = await held.request()

  dials[1]!.fail(new Error('too late to matter'))
  taken.res.end('ok')

  expect((await second.ended).body).toBe('ok')
  await first.ended
  expect(second.calls).not.toContain('error')
})

test('each request is an async resource, of whose end whoever looks at them is told', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const dispatcher = newDispatcher()
  const alive = new Set<number>()
  let made = 0
  const hook = createHook({
    init(id, type) {
      if (type !== 'DispatchedRequest') return
      made++
      alive.add(id)
    },
    destroy: (id) => void alive.delete(id),
  }).enable()
  onTestFinished(() => void hook.disable())

  const origin = `http://127.0.0.1:${port}`
  const aborted = dispatch(dispatcher, { origin })
  aborted.abort(new Error('not wanted'))
  await expect(aborted.ended).rejects.toThrow('not wanted')
  for (let i = 0; i < 20; i++) await dispatch(dispatcher, { origin }).ended

  expect(made).toBe(21)
  await expect
    .poll(() => {
      collect()
      return alive.size
    })
    .toBeLessThan(5)
})

test('what waits keeps the async context of its caller', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const { dispatcher, dials } = newGatedDispatcher({ connections: 1 })
  const options = { origin: `http://127.0.0.1:${port}` }
  const who = new AsyncLocalStorage<string>()
  const seen: string[] = []
  const note = (event: string) => (): void => {
    seen.push(`${event} of ${who.getStore()}`)
  }
  const send = (name: string): Promise<unknown> =>
    who.run(name, () => {
      return new Promise<void>((resolve) => {
        dispatcher.dispatch({ ...options, path: '/', method: 'GET' }, {
          onRequestStart: note('start'),
          onRequestSent: note('sent'),
          onResponseStart: note('head'),
          onResponseData: note('data'),
          onResponseEnd: () => {
            note('end')()
            resolve()
          },
          onResponseError: () => {},
        } as never)
      })
    })

  const all = ['a', 'b', 'c'].map(send)
  await expect.poll(() => dials.length).toBe(1)
  dials[0]!.finish()
  await Promise.all(all)

  const events = (name: string): string[] =>
    ['sent', 'head', 'data', 'end'].map((event) => `${event} of ${name}`)
  expect(seen).toEqual([
    ...['a', 'b', 'c'].map((name) => `start of ${name}`),
    ...['a', 'b', 'c'].flatMap(events),
  ])
})
