import { describe, expect, test } from 'vitest'
import { startHeldOrigin } from '../support/held-origin.ts'
import { dispatch, newDispatcher, newGatedDispatcher } from './support/dispatcher.ts'
import { engines } from './support/undicis.ts'

test('a wait that is too long fails, with the last dial error as its cause', async () => {
  const { dispatcher, dials } = newGatedDispatcher({ acquireTimeoutMs: 100 })
  const options = { origin: 'http://localhost' }
  const failing = dispatch(dispatcher, options)
  const waiting = dispatch(dispatcher, options)
  await expect.poll(() => dials.length).toBe(2)

  const refused = new Error('refused')
  dials[0]!.fail(refused)

  await expect(failing.ended).rejects.toBe(refused)
  await expect(waiting.ended).rejects.toMatchObject({
    code: 'ERR_POOL_WANT_TIMEOUT',
    cause: refused,
  })
  expect(dispatcher.pool.stats().waiting).toBe(0)
})

test('a request more than may wait is refused', async () => {
  const { dispatcher } = newGatedDispatcher({ connections: 1, maxWaiting: 1 })
  const options = { origin: 'http://localhost' }
  dispatch(dispatcher, options)
  await expect(dispatch(dispatcher, options).ended).rejects.toMatchObject({
    code: 'ERR_POOL_QUEUE_FULL',
  })
})

test('a dial that takes too long fails its request', async () => {
  const { dispatcher } = newGatedDispatcher({ dialTimeoutMs: 50 })
  await expect(dispatch(dispatcher, { origin: 'http://localhost' }).ended).rejects.toMatchObject({
    code: 'ERR_POOL_DIAL_TIMEOUT',
  })
})

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined)(`too slow a server, ${engine.name}`, () => {
    test('fails the request, of which there is no more on any other connection', async () => {
      const held = await startHeldOrigin()
      let requests = 0
      held.server.on('request', () => requests++)
      const dispatcher = newDispatcher({ undici: engine.undici, headersTimeout: 100 })
      const origin = `http://127.0.0.1:${held.port}`

      // given a connection that has served before
      const first = dispatch(dispatcher, { origin, headersTimeout: 0 })
      ;(await held.request()).res.end()
      await first.ended

      const { ended } = dispatch(dispatcher, { origin })
      await expect(ended).rejects.toMatchObject({
        name: 'HeadersTimeoutError',
        code: 'UND_ERR_HEADERS_TIMEOUT',
      })
      expect(requests).toBe(2)
      expect(dispatcher.pool.stats()).toMatchObject({ open: 0, leases: 0 })
    })

    test('fails a body that does not go on', async () => {
      const held = await startHeldOrigin()
      const dispatcher = newDispatcher({ undici: engine.undici })
      const origin = `http://127.0.0.1:${held.port}`
      const { ended, calls } = dispatch(dispatcher, { origin, bodyTimeout: 100 })
      ;(await held.request()).res.write('a part')
      await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_BODY_TIMEOUT' })
      expect(calls).toEqual(['start', 'head', 'data', 'error'])
    })
  })
}
