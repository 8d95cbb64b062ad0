import { once } from 'node:events'
import type { ClientRequest } from 'node:http'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { HttpAgent } from '../src/agent/index.ts'
import { errorOf, newAgent, send } from './support/agent.ts'
import { newGatedAgent } from './support/gated-dials.ts'
import { startHeldOrigin } from './support/held-origin.ts'
import { startOrigin } from './support/origin.ts'

/** One connection, in use, and a request in line behind it. */
async function oneBusyOneWaiting(options: { timeout?: number; signal?: AbortSignal } = {}) {
  const origin = await startHeldOrigin()
  const agent = newAgent({ maxSockets: 1 })
  const busy = send(agent, origin.port)
  const { res } = await origin.request()
  const waiting = send(agent, origin.port, options)
  expect(agent.pool.stats()).toMatchObject({ leased: 1, waiting: 1 })
  return { origin, agent, busy, res, waiting }
}

test('destroying a waiting request fails it at once and frees its place in line', async () => {
  const { agent, waiting } = await oneBusyOneWaiting()

  waiting.req.destroy()

  expect(agent.pool.stats().waiting).toBe(0)
  expect(await errorOf(waiting.reply)).toMatchObject({ code: 'ECONNRESET' })
  expect(waiting.req.closed || waiting.req.destroyed).toBe(true)
})

test('a waiting request destroyed with an error fails with that error', async () => {
  const { waiting } = await oneBusyOneWaiting()
  const reason = new Error('changed my mind')

  waiting.req.destroy(reason)

  expect(await errorOf(waiting.reply)).toBe(reason)
})

test('abort(), the older way, fails a waiting request, also one whose dial goes on', async () => {
  const { waiting } = await oneBusyOneWaiting()
  waiting.req.abort()
  expect(await errorOf(waiting.reply)).toMatchObject({ code: 'ECONNRESET' })

  const { agent } = newGatedAgent()
  const dialing = send(agent, 1, { timeout: 20 })
  dialing.req.on('timeout', () => dialing.req.abort())
  expect(await errorOf(dialing.reply)).toMatchObject({
    code: 'ECONNRESET',
    message: 'socket hang up',
  })
})

test('options that are used again for the next request change none that waits', async () => {
  const [a, b] = [await startHeldOrigin(), await startOrigin((_, res) => res.end('b'))]
  const asked: unknown[] = []
  /** As one that keeps a single object for all of its requests. */
  class Scratch extends HttpAgent {
    readonly #scratch = {}
    override addRequest(req: ClientRequest, options: object): void {
      super.addRequest(req, Object.assign(this.#scratch, options))
    }
    override createConnection(options: NetConnectOpts): Socket {
      asked.push((options as { port: unknown }).port)
      return connect(options)
    }
  }
  const agent = new Scratch({ maxTotalSockets: 1 })
  onTestFinished(() => agent.destroy())
  const first = send(agent, a.port)
  const { res } = await a.request()
  const second = send(agent, a.port)
  const third = send(agent, b.port)

  res.setHeader('connection', 'close').end('first')
  ;(await a.request()).res.end('second')

  expect((await first.reply).body).toBe('first')
  expect((await second.reply).body).toBe('second')
  expect((await third.reply).body).toBe('b')
  expect(asked).toEqual([a.port, a.port, b.port])
})

test('an abort signal acts on a waiting request at once', async () => {
  const controller = new AbortController()
  const { agent, waiting } = await oneBusyOneWaiting({ signal: controller.signal })

  controller.abort()

  expect(agent.pool.stats().waiting).toBe(0)
  expect(await errorOf(waiting.reply)).toMatchObject({ name: 'AbortError' })
})

test('a request whose signal has aborted already dials nothing', async () => {
  const { agent, dials } = newGatedAgent()

  const { reply } = send(agent, 1, { signal: AbortSignal.abort() })

  expect(await errorOf(reply)).toMatchObject({ name: 'AbortError' })
  expect(dials).toHaveLength(0)
})

test('a request destroyed while it dials leaves the connection to the next one', async () => {
  const origin = await startHeldOrigin()
  const { agent, dials } = newGatedAgent()
  const given = send(agent, origin.port)
  given.req.destroy()
  expect(await errorOf(given.reply)).toMatchObject({ code: 'ECONNRESET' })

  dials[0]!.finish()
  await expect.poll(() => agent.pool.stats().idle).toBe(1)
  const next = send(agent, origin.port)
  ;(await origin.request()).res.end('ok')

  expect((await next.reply).body).toBe('ok')
  expect(dials).toHaveLength(1)
})

test("a waiting request emits 'timeout' after options.timeout", async () => {
  const { waiting } = await oneBusyOneWaiting({ timeout: 20 })

  await once(waiting.req, 'timeout')

  waiting.req.destroy()
  expect(await errorOf(waiting.reply)).toMatchObject({ code: 'ECONNRESET' })
})

test("a waiting request emits 'timeout' after setTimeout(), and calls its callback", async () => {
  const { waiting } = await oneBusyOneWaiting()
  const callback = vi.fn()

  waiting.req.setTimeout(20, callback)
  await once(waiting.req, 'timeout')

  expect(callback).toHaveBeenCalledOnce()
})

test('a timeout beyond what a timer can wait is none, not one that is over at once', async () => {
  const { busy, res, waiting } = await oneBusyOneWaiting()
  const timeout = vi.fn()
  waiting.req.on('timeout', timeout).setTimeout(2 ** 31)

  // What was over at once would have been before this.
  await new Promise((resolve) => setTimeout(resolve, 15))

  expect(timeout).not.toHaveBeenCalled()
  res.end()
  await busy.reply
  waiting.req.destroy()
})

test('setTimeout(0) takes back the timeout of a waiting request', async () => {
  const { busy, origin, res, waiting } = await oneBusyOneWaiting({ timeout: 5 })
  const timeout = vi.fn()
  waiting.req.on('timeout', timeout).setTimeout(0)

  const later = send(newAgent(), origin.port, { timeout: 15 })
  await once(later.req, 'timeout')

  expect(timeout).not.toHaveBeenCalled()
  later.req.destroy()
  res.end()
  await busy.reply
})

test("the agent's own timeout holds for waiting requests too", async () => {
  const { agent } = newGatedAgent({ timeout: 20 })
  const { req } = send(agent, 1)

  await once(req, 'timeout')
})

test('a timeout that has not come when the request gets its socket goes on there', async () => {
  const { busy, origin, res, waiting } = await oneBusyOneWaiting({ timeout: 5_000 })

  res.end()
  const [socket] = await once(waiting.req, 'socket')

  expect(socket.timeout).toBe(5_000)
  ;(await origin.request()).res.end()
  await Promise.all([busy.reply, waiting.reply])
  expect(socket.timeout).toBe(0)
  expect(socket.listenerCount('timeout')).toBe(0)
})

test('acquireTimeoutMs fails a request that waits too long', async () => {
  const { agent } = newGatedAgent({ acquireTimeoutMs: 20 })

  expect(await errorOf(send(agent, 1).reply)).toMatchObject({ code: 'ERR_POOL_WANT_TIMEOUT' })
})

test('a request has its own methods back once it has a socket', async () => {
  const { busy, origin, res, waiting } = await oneBusyOneWaiting()
  expect(Object.hasOwn(waiting.req, 'destroy')).toBe(true)

  res.end()
  await busy.reply
  ;(await origin.request()).res.end()
  await waiting.reply

  expect(Object.hasOwn(waiting.req, 'destroy')).toBe(false)
  expect(Object.hasOwn(waiting.req, 'setTimeout')).toBe(false)
  expect(Object.hasOwn(busy.req, 'destroy')).toBe(false)
})

test('a request destroyed in the tick in which it got an idle connection gives it back unused', async () => {
  const origin = await startHeldOrigin()
  const agent = newAgent()
  const first = send(agent, origin.port)
  ;(await origin.request()).res.end()
  await first.reply

  const { req, reply } = send(agent, origin.port, { timeout: 5_000 })
  expect(agent.pool.stats().leased).toBe(1)
  req.destroy()

  expect(await errorOf(reply)).toMatchObject({ code: 'ECONNRESET' })
  expect(agent.pool.stats()).toMatchObject({ open: 1, idle: 1 })
  expect(Object.values(agent.freeSockets).flat()[0]?.timeout).toBe(0)
})

test('the timeout of the wait does not go off when that is over', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { origin, res, waiting } = await oneBusyOneWaiting({ timeout: 60_000 })
  const timeout = vi.fn()
  waiting.req.on('timeout', timeout)
  vi.advanceTimersByTime(59_999)

  res.end()
  ;(await origin.request()).res.end()
  await waiting.reply

  vi.advanceTimersByTime(60_000)
  expect(timeout).not.toHaveBeenCalled()
})

test("a 'free' that comes while a request is under way does not end its lease", async () => {
  const { agent, busy, res, origin, waiting } = await oneBusyOneWaiting()

  busy.req.socket?.emit('free')

  expect(agent.pool.stats()).toMatchObject({ leased: 1, waiting: 1 })
  res.end('mine')
  expect((await busy.reply).body).toBe('mine')
  ;(await origin.request()).res.end()
  await waiting.reply
})

test('a bad port throws from http.request, and nothing has begun', () => {
  const agent = newAgent()

  expect(() => send(agent, 70_000)).toThrow(/NetTarget\.port.*70000/)
  expect(() => send(agent, 80, { host: 'a\nb', headers: { host: 'a' } })).toThrow(/NetTarget\.host/)

  expect(agent.pool.stats()).toMatchObject({ waiting: 0, dialing: 0 })
})
