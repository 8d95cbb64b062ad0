import { type EventEmitter, once } from 'node:events'
import { errors } from 'undici'
import { describe, expect, test } from 'vitest'
import { startHeldOrigin } from '../support/held-origin.ts'
import { startOrigin, unusedPort } from '../support/origin.ts'
import { collectUncaught } from '../support/uncaught.ts'
import { dispatch, newDispatcher, newGatedDispatcher } from './support/dispatcher.ts'
import { engines } from './support/undicis.ts'

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined)(`a dispatcher, ${engine.name}`, () => {
    test('that closes waits for all that was dispatched, and takes no more', async () => {
      const held = await startHeldOrigin()
      const dispatcher = newDispatcher({ undici: engine.undici, connections: 1 })
      const options = { origin: `http://127.0.0.1:${held.port}` }
      const first = dispatch(dispatcher, options)
      const { res } = await held.request()
      const waiting = dispatch(dispatcher, options)

      const closed = dispatcher.close()
      expect([dispatcher.closed, dispatcher.destroyed]).toEqual([true, false])
      const late = dispatch(dispatcher, options)
      await expect(late.ended).rejects.toBeInstanceOf(errors.ClientClosedError)
      await expect(late.ended).rejects.toMatchObject({ code: 'UND_ERR_CLOSED' })
      expect([late.isWilling, late.calls]).toEqual([false, ['error']])

      res.end('one')
      await first.ended
      ;(await held.request()).res.end('two')
      expect((await waiting.ended).body).toBe('two')
      await closed
      expect(dispatcher.destroyed).toBe(true)
      expect(dispatcher.pool.stats()).toMatchObject({ open: 0, waiting: 0, dialing: 0 })
      await dispatcher.close().catch((error) => expect(error.code).toBe('UND_ERR_DESTROYED'))
    })

    test('that is destroyed fails what waits and what is under way', async () => {
      const held = await startHeldOrigin()
      const dispatcher = newDispatcher({ undici: engine.undici, connections: 1 })
      const options = { origin: `http://127.0.0.1:${held.port}` }
      const first = dispatch(dispatcher, options)
      const { req } = await held.request()
      const waiting = dispatch(dispatcher, options)

      const error = new Error('the end')
      await Promise.all([dispatcher.destroy(error), once(req.socket, 'close')])

      await expect(first.ended).rejects.toBe(error)
      await expect(waiting.ended).rejects.toBe(error)
      expect([dispatcher.closed, dispatcher.destroyed]).toEqual([true, true])
      const late = dispatch(dispatcher, options, 'old')
      await expect(late.ended).rejects.toBeInstanceOf(errors.ClientDestroyedError)
      await dispatcher.destroy()
    })
  })
}

test('destroy() without an error fails with that of undici, and both forms take a callback', async () => {
  const held = await startHeldOrigin()
  const dispatcher = newDispatcher()
  const { ended } = dispatch(dispatcher, { origin: `http://127.0.0.1:${held.port}` })
  await held.request()
  await new Promise<void>((resolve) => dispatcher.destroy(resolve))
  await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' })

  const other = newDispatcher()
  await new Promise<void>((resolve) => other.close(resolve))
  expect(other.destroyed).toBe(true)
  await expect(other.close()).resolves.toBeNull()
})

test('a handler without an error callback has the refusal thrown at its dispatch', async () => {
  const dispatcher = newDispatcher()
  await dispatcher.destroy()
  const options = { origin: 'http://localhost', path: '/', method: 'GET' as const }
  expect(() => dispatcher.dispatch(options, {})).toThrow(
    expect.objectContaining({ code: 'UND_ERR_DESTROYED' }),
  )
  expect(() => dispatcher.dispatch(options, undefined as never)).toThrow(
    expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' }),
  )
})

test.each([
  ['no path', { origin: 'http://localhost', path: undefined }],
  ['no method', { origin: 'http://localhost', method: 1 }],
  ['no origin', { origin: undefined }],
  ['an origin that is none', { origin: 'nowhere' }],
  ['another protocol', { origin: 'ftp://localhost' }],
])('%s is refused before anything is dialed', async (_, options) => {
  const dispatcher = newDispatcher()
  const { ended, isWilling } = dispatch(dispatcher, options)
  await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  expect(isWilling).toBe(false)
  expect(dispatcher.pool.stats().totals.wants).toBe(0)
})

test('what only the client refuses gives the connection back', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const dispatcher = newDispatcher()
  const origin = `http://127.0.0.1:${port}`
  const { ended } = dispatch(dispatcher, { origin, headers: { 'transfer-encoding': 'chunked' } })
  await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
  expect((await dispatch(dispatcher, { origin }).ended).body).toBe('ok')
  expect(dispatcher.pool.stats().totals).toMatchObject({ got: 2, opened: 1 })
})

test('events tell of connections as those of undici do', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const dispatcher = newDispatcher()
  const events: unknown[][] = []
  for (const name of ['connect', 'disconnect', 'connectionError'] as const) {
    const emitter: EventEmitter = dispatcher
    emitter.on(name, (url: URL, targets: readonly unknown[], error?: { code?: string }) => {
      events.push([name, url.origin, targets[0] === dispatcher, error?.code])
    })
  }
  const url = `http://127.0.0.1:${origin.port}`
  await dispatch(dispatcher, { origin: url }).ended
  await origin.stop()
  await expect.poll(() => events.length).toBe(2)
  const nowhere = `http://127.0.0.1:${await unusedPort()}`
  await dispatch(dispatcher, { origin: nowhere }).ended.catch(() => {})
  expect(events).toEqual([
    ['connect', url, true, undefined],
    ['disconnect', url, true, 'UND_ERR_SOCKET'],
    ['connectionError', nowhere, true, 'ECONNREFUSED'],
  ])
})

test("a listener of its events that throws has thrown, and the connection is nobody's loss", async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const dispatcher = newDispatcher()
  const thrown = new Error('of a listener')
  const uncaught = collectUncaught()
  ;(dispatcher as unknown as EventEmitter).on('connect', () => {
    throw thrown
  })

  const { ended } = dispatch(dispatcher, { origin: `http://127.0.0.1:${origin.port}` })

  expect((await ended).body).toBe('ok')
  expect(uncaught).toEqual([thrown])
  expect(dispatcher.pool.stats()).toMatchObject({ open: 1, idle: 1 })
  await dispatcher.destroy()
  await expect.poll(() => origin.sockets.size).toBe(0)
})

test('one that stands in line without a dial is told so, and when there is room again', async () => {
  const held = await startHeldOrigin()
  const dispatcher = newDispatcher({ connections: 1 })
  const origin = `http://127.0.0.1:${held.port}`
  const drained: string[] = []
  dispatcher.on('drain', (url: URL) => drained.push(url.origin))

  const first = dispatch(dispatcher, { origin })
  const second = dispatch(dispatcher, { origin })
  expect([first.isWilling, second.isWilling]).toEqual([true, false])
  expect(dispatcher.stats[origin]).toMatchObject({ connected: 0, pending: 2, running: 0, size: 2 })

  const { res } = await held.request()
  expect(drained).toEqual([])
  expect(dispatcher.stats[origin]).toMatchObject({ connected: 1, pending: 1, running: 1, size: 2 })
  res.end()
  await first.ended
  const { res: last } = await held.request()
  expect(drained).toEqual([])
  last.end()
  await second.ended
  await expect.poll(() => drained).toEqual([origin])
  expect(dispatcher.stats[origin]).toMatchObject({ connected: 1, free: 1, running: 0, size: 0 })
})

test('who leaves the line last makes room, too, and a request after that has none to be told of', async () => {
  const { dispatcher, dials } = newGatedDispatcher({ connections: 1 })
  const drained: string[] = []
  dispatcher.on('drain', (url: URL) => drained.push(url.origin))
  const options = { origin: 'http://localhost' }
  const sent = [dispatch(dispatcher, options), dispatch(dispatcher, options)]
  await expect.poll(() => dials.length).toBe(1)
  for (const { abort } of sent) abort()
  await expect.poll(() => drained).toEqual([options.origin])

  const { ended } = dispatch(dispatcher, options)
  dials[0]!.fail(new Error('of those who have gone'))
  await expect.poll(() => dials.length).toBe(2)
  dials[1]!.fail(new Error('refused'))
  await expect(ended).rejects.toThrow()
  await new Promise(setImmediate)
  expect(drained).toHaveLength(1)
})
