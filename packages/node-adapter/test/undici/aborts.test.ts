import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { startHeldOrigin } from '../support/held-origin.ts'
import { startOrigin } from '../support/origin.ts'
import { by, dispatch, newDispatcher, newGatedDispatcher } from './support/dispatcher.ts'
import { callers, engines } from './support/undicis.ts'

const stop = new Error('not wanted any more')

test('one that waits in line is aborted at once, and leaves it', async () => {
  const held = await startHeldOrigin()
  const dispatcher = newDispatcher({ connections: 1 })
  const options = { origin: `http://127.0.0.1:${held.port}` }
  const first = dispatch(dispatcher, options)
  const { res } = await held.request()
  const second = dispatch(dispatcher, options)
  const third = dispatch(dispatcher, { ...options, path: '/third' })
  expect(dispatcher.pool.stats().waiting).toBe(2)

  second.abort(stop)

  expect(second.calls).toEqual(['start', 'error'])
  await expect(second.ended).rejects.toBe(stop)
  expect(dispatcher.pool.stats().waiting).toBe(1)
  // and the next one in line gets the connection
  res.end()
  const next = await held.request()
  expect(next.req.url).toBe('/third')
  next.res.end()
  await Promise.all([first.ended, third.ended])
})

test('one whose dial is under way is aborted at once; the dial serves the next one', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const { dispatcher, dials } = newGatedDispatcher()
  const options = { origin: `http://127.0.0.1:${port}` }
  const first = dispatch(dispatcher, options, 'old')
  await expect.poll(() => dials.length).toBe(1)

  first.abort()

  await expect(first.ended).rejects.toMatchObject({ name: 'AbortError', code: 'UND_ERR_ABORTED' })
  dials[0]!.finish()
  await expect.poll(() => dispatcher.pool.stats().idle).toBe(1)
  expect((await dispatch(dispatcher, options).ended).body).toBe('ok')
  expect(dials).toHaveLength(1)
})

test('one that was aborted in its very start dials nothing', async () => {
  const { dispatcher, dials } = newGatedDispatcher()
  const onRequestStart = (control: { abort(reason: Error): void }): void => control.abort(stop)
  const { calls, ended } = dispatch(dispatcher, { origin: 'http://localhost' }, 'new', {
    onRequestStart,
  })
  await expect(ended).rejects.toBe(stop)
  expect(calls).toEqual(['error'])
  expect(dispatcher.pool.stats().totals).toMatchObject({ wants: 0, dials: 0 })
  expect(dials).toHaveLength(0)
})

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined)(`an abort, ${engine.name}`, () => {
    test('before anything is written leaves the connection as it is', async () => {
      const paths: (string | undefined)[] = []
      const { port } = await startOrigin((req, res) => {
        paths.push(req.url)
        res.end('ok')
      })
      const dispatcher = newDispatcher({ undici: engine.undici })
      const options = { origin: `http://127.0.0.1:${port}` }
      await dispatch(dispatcher, options).ended
      await expect.poll(() => dispatcher.pool.stats().idle).toBe(1)
      // Its client looks at a connection that has been idle before it writes.
      await new Promise(setImmediate)

      const aborted = dispatch(dispatcher, { ...options, path: '/aborted' })
      const hasBegun = paths.length > 1
      aborted.abort(stop)
      await expect(aborted.ended).rejects.toBe(stop)
      expect((await dispatch(dispatcher, { ...options, path: '/next' }).ended).body).toBe('ok')

      expect(hasBegun).toBe(false)
      expect(dispatcher.pool.stats().leases).toBe(0)
    })

    test('while the response is awaited closes the connection', async () => {
      const held = await startHeldOrigin()
      const dispatcher = newDispatcher({ undici: engine.undici })
      const { abort, ended, calls } = dispatch(dispatcher, {
        origin: `http://127.0.0.1:${held.port}`,
      })
      const { req } = await held.request()

      abort(stop)

      await expect(ended).rejects.toBe(stop)
      expect(calls).toEqual(['start', 'error'])
      await once(req.socket, 'close')
      expect(dispatcher.pool.stats()).toMatchObject({ open: 0, leases: 0, dialing: 0 })
    })

    test('in the middle of the body closes the connection', async () => {
      const held = await startHeldOrigin()
      const dispatcher = newDispatcher({ undici: engine.undici })
      const sent = dispatch(dispatcher, { origin: `http://127.0.0.1:${held.port}` }, 'old')
      const { req, res } = await held.request()
      res.write('one')
      await expect.poll(() => sent.calls).toContain('data')

      sent.abort()

      await expect(sent.ended).rejects.toMatchObject({ code: 'UND_ERR_ABORTED' })
      await once(req.socket, 'close')
      expect(sent.calls).toEqual(['start', 'head', 'data', 'error'])
      expect(dispatcher.pool.stats()).toMatchObject({ open: 0, leases: 0, dialing: 0 })
    })
  })
}

for (const { name, fetch } of callers) {
  test.skipIf(fetch === undefined)(`a signal ends what waits, ${name}`, async () => {
    const held = await startHeldOrigin()
    const dispatcher = newDispatcher({ connections: 1 })
    const url = `http://127.0.0.1:${held.port}/`
    const first = fetch!(url, by(dispatcher))
    const { res } = await held.request()
    const control = new AbortController()
    const second = fetch!(url, { ...by(dispatcher), signal: control.signal })
    await expect.poll(() => dispatcher.pool.stats().waiting).toBe(1)

    control.abort(stop)

    await expect(second).rejects.toBe(stop)
    expect(dispatcher.pool.stats().waiting).toBe(0)
    res.end('ok')
    expect(await (await first).text()).toBe('ok')
  })
}
