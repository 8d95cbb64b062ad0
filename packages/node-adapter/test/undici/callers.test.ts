import { describe, expect, test } from 'vitest'
import { startOrigin } from '../support/origin.ts'
import { by, dispatch, newDispatcher } from './support/dispatcher.ts'
import { callers, engines } from './support/undicis.ts'

const echo = (): ReturnType<typeof startOrigin> =>
  startOrigin(async (req, res) => {
    const body = (await req.toArray()).join('')
    res.setHeader('x-method', req.method ?? '').end(`${req.url} ${body}`)
  })

for (const engine of engines) {
  for (const caller of callers) {
    const { fetch, request } = caller
    describe.skipIf(engine.undici === undefined || (fetch ?? request) === undefined)(
      `${caller.name}, ${engine.name}`,
      () => {
        test.skipIf(fetch === undefined)(
          'requests one after another use one connection',
          async () => {
            const { port } = await echo()
            const dispatcher = newDispatcher({ undici: engine.undici })
            const url = `http://127.0.0.1:${port}`

            const got = await fetch!(`${url}/a`, by(dispatcher))
            expect(await got.text()).toBe('/a ')
            const posted = await fetch!(`${url}/b`, {
              ...by(dispatcher),
              method: 'POST',
              body: 'x',
            })
            expect(await posted.text()).toBe('/b x')
            const head = await fetch!(`${url}/c`, { ...by(dispatcher), method: 'HEAD' })
            expect([head.status, head.headers.get('x-method')]).toEqual([200, 'HEAD'])
            expect(await (await fetch!(`${url}/d`, by(dispatcher))).text()).toBe('/d ')

            expect(dispatcher.pool.stats().totals).toMatchObject({ wants: 4, dials: 1, opened: 1 })
          },
        )

        test.skipIf(fetch === undefined)(
          'a dial that fails is the cause of a failed fetch',
          async () => {
            const { port, stop } = await echo()
            await stop()
            const error = await fetch!(`http://127.0.0.1:${port}/`, by(newDispatcher())).catch(
              (e) => e,
            )
            expect(error).toBeInstanceOf(TypeError)
            expect(error.cause).toMatchObject({ name: 'NetDialError', code: 'ECONNREFUSED' })
          },
        )

        test.skipIf(request === undefined)('requests of undici use one connection', async () => {
          const { port } = await echo()
          const dispatcher = newDispatcher({ undici: engine.undici })
          const url = `http://127.0.0.1:${port}`

          const got = await request!(`${url}/a`, by(dispatcher))
          expect(await got.body.text()).toBe('/a ')
          const head = await request!(`${url}/b`, { ...by(dispatcher), method: 'HEAD' })
          expect([head.statusCode, await head.body.text()]).toEqual([200, ''])
          const posted = await request!(`${url}/c`, {
            ...by(dispatcher),
            method: 'POST',
            body: 'abc',
            query: { q: 1 },
          })
          expect(await posted.body.text()).toBe('/c?q=1 abc')

          expect(dispatcher.pool.stats().totals).toMatchObject({ wants: 3, dials: 1 })
        })
      },
    )
  }

  describe.skipIf(engine.undici === undefined)(`a handler, ${engine.name}`, () => {
    test.each(['old', 'new'] as const)(
      'of the %s generation is told all, once',
      async (generation) => {
        const { port } = await echo()
        const dispatcher = newDispatcher({ undici: engine.undici })
        const options = { origin: `http://127.0.0.1:${port}`, path: '/x' }
        const { calls, ended, isWilling } = dispatch(dispatcher, options, generation)
        expect(await ended).toEqual({ status: 200, body: '/x ' })
        expect(calls).toEqual(['start', 'head', 'data', 'end'])
        expect(isWilling).toBe(true)
      },
    )

    test.each(['old', 'new'] as const)(
      'of the %s generation is told what it throws',
      async (generation) => {
        const { port } = await echo()
        const dispatcher = newDispatcher({ undici: engine.undici })
        const thrown = new Error('from the handler')
        const fault = (): never => {
          throw thrown
        }
        for (const name of ['start', 'head', 'data', 'end']) {
          const faults = {
            start: { onConnect: fault, onRequestStart: fault },
            head: { onHeaders: fault, onResponseStart: fault },
            data: { onData: fault, onResponseData: fault },
            end: { onComplete: fault, onResponseEnd: fault },
          }[name] as Record<string, unknown>
          const own = generation === 'old' ? Object.keys(faults)[0]! : Object.keys(faults)[1]!
          const options = { origin: `http://127.0.0.1:${port}` }
          const { calls, ended } = dispatch(dispatcher, options, generation, { [own]: fault })
          await expect(ended).rejects.toBe(thrown)
          expect(calls.filter((call) => call === 'error')).toHaveLength(1)
        }
        await expect.poll(() => dispatcher.pool.stats().leases).toBe(0)
      },
    )
  })
}
