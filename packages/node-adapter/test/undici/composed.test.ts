import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { startOrigin } from '../support/origin.ts'
import { by, dispatch, newDispatcher } from './support/dispatcher.ts'
import { callers, undici7, undici8 } from './support/undicis.ts'

const start = (): ReturnType<typeof startOrigin> => {
  let failures = 0
  return startOrigin((req, res) => {
    if (req.url === '/redirect') res.writeHead(302, { location: '/target' }).end()
    else if (req.url === '/flaky' && failures++ < 2) res.writeHead(503).end()
    else if (req.url === '/zipped') {
      res.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' })
      res.end(gzipSync('zipped text'))
    } else res.end(`you are at ${req.url}`)
  })
}

for (const [name, undici] of [
  ['undici 7', undici7],
  ['undici 8', undici8],
] as const) {
  describe.skipIf(undici === undefined)(`interceptors of ${name}`, () => {
    for (const caller of callers) {
      test.skipIf(caller.fetch === undefined)(`under a fetch ${caller.name}`, async () => {
        const { port } = await start()
        const seen: string[] = []
        const dispatcher = newDispatcher().compose(
          undici!.interceptors.retry({ maxRetries: 3, minTimeout: 1, statusCodes: [503] }),
          (dispatch) => (options, handler) => {
            seen.push(options.path)
            return dispatch(options, handler)
          },
        )
        const url = `http://127.0.0.1:${port}`
        const response = await caller.fetch!(`${url}/flaky`, by(dispatcher))
        expect(await response.text()).toBe('you are at /flaky')
        const followed = await caller.fetch!(`${url}/redirect`, by(dispatcher))
        expect([followed.redirected, await followed.text()]).toEqual([true, 'you are at /target'])
        expect(seen).toEqual(['/flaky', '/redirect', '/target'])
      })
    }

    test('redirects, retries and what it adds itself', async () => {
      const { port } = await start()
      const base = newDispatcher()
      const { redirect, responseError } = undici!.interceptors
      const dispatcher = base.compose([redirect({ maxRedirections: 2 }), responseError()])
      const origin = `http://127.0.0.1:${port}`
      const { statusCode, body } = await dispatcher.request({
        origin,
        path: '/redirect',
        method: 'GET',
      })
      expect([statusCode, await body.text()]).toEqual([200, 'you are at /target'])
      expect(base.pool.stats().totals.dials).toBe(1)
    })

    test('RetryAgent works on top', async () => {
      const { port } = await start()
      const base = newDispatcher()
      const agent = new undici!.RetryAgent(base as never, { minTimeout: 1, statusCodes: [503] })
      const response = await undici!.request(`http://127.0.0.1:${port}/flaky`, by(agent))
      expect(await response.body.text()).toBe('you are at /flaky')
      expect(base.pool.stats().totals.got).toBe(3)
    })
  })
}

test('what is composed closes the dispatcher below, and knows what that knows', async () => {
  const base = newDispatcher()
  const dispatcher = base.compose((dispatch) => (options, handler) => dispatch(options, handler))
  expect([dispatcher.dispatch.length, 'pool' in dispatcher]).toEqual([2, true])
  await dispatcher.close()
  expect(base.closed).toBe(true)
  await expect(dispatch(dispatcher, { origin: 'http://localhost' }).ended).rejects.toMatchObject({
    code: 'UND_ERR_DESTROYED',
  })
})

test.each([
  ['no function', 1],
  ['a dispatch of one argument', () => () => true],
])('%s is no interceptor', (_, interceptor) => {
  expect(() => newDispatcher().compose(interceptor as never)).toThrow(TypeError)
})
