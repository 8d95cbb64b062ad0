import type { ClientHttp2Session } from 'node:http2'
import type { Link } from '@wantconn/pool-core'
import { expect, test } from 'vitest'
import { http2Adapter } from '../src/index.ts'
import { errorOf, newPool, startOrigin } from './support/fixtures.ts'
import { frameTypes, startRaw } from './support/raw-origin.ts'

test('a session is handed out when the SETTINGS of its peer have come, and not before', async () => {
  const origin = await startRaw({ onSession: () => {} })
  const pool = newPool()
  let isOut = false
  const acquired = pool.acquire({ host: '127.0.0.1', port: origin.port }).then(() => {
    isOut = true
  })
  await expect.poll(() => origin.sessions[0]?.received.length).toBeGreaterThan(1)
  expect(isOut).toBe(false)

  origin.sessions[0]?.settings()

  await acquired
})

test('a session tells its peer the windows of its streams and its own, before anything else', async () => {
  const origin = await startRaw()
  const settings = { initialWindowSize: 200_000 }
  const pool = newPool({ settings, sessionWindowSize: 1_000_000 })

  await pool.acquire({ host: '127.0.0.1', port: origin.port })

  const received = () => origin.sessions[0]?.received ?? []
  await expect.poll(() => received().length).toBeGreaterThan(1)
  const [first, second] = received()
  expect(first).toMatchObject({ type: frameTypes.settings, stream: 0 })
  expect(told(first?.payload)).toMatchObject({ 2: 0, 4: 200_000 })
  expect(second).toMatchObject({ type: frameTypes.windowUpdate, stream: 0 })
  expect(second?.payload.readUInt32BE()).toBe(1_000_000 - 65_535)
})

/** SETTINGS by their numbers. */
function told(payload: Buffer = Buffer.alloc(0)): Record<number, number> {
  const settings: Record<number, number> = {}
  for (let at = 0; at < payload.length; at += 6) {
    settings[payload.readUInt16BE(at)] = payload.readUInt32BE(at + 2)
  }
  return settings
}

test.each([false, true])(
  'a dial that is aborted at any of its steps leaves nothing open; over TLS: %s',
  async (tls) => {
    const origin = await startOrigin({ tls })
    const reason = new Error('no use')
    let step = 0

    for (;;) {
      const { link, abortAt } = abortableLink(reason)
      abortAt(++step)
      const dial = http2Adapter().dial(origin.target, link)
      const outcome = await Promise.resolve(dial).catch((error: unknown) => error)
      if (outcome !== reason) {
        ;(outcome as ClientHttp2Session).destroy()
        break
      }
      await expect.poll(() => origin.sockets.size).toBe(0)
    }

    expect(step).toBeGreaterThan(2)
  },
)

/** One that is aborted right after the dial has begun to listen to it for the nth time. */
function abortableLink(reason: Error): { link: Link; abortAt(step: number): void } {
  const controller = new AbortController()
  const { signal } = controller
  let left = Number.POSITIVE_INFINITY
  const listen = signal.addEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<AbortSignal['addEventListener']>) => {
    listen(...args)
    if (--left === 0) queueMicrotask(() => controller.abort(reason))
  }
  return {
    link: { signal, closed() {}, drain() {}, setCapacity() {} },
    abortAt: (step) => {
      left = step
    },
  }
}

test('a dial whose signal is aborted already opens nothing', async () => {
  const origin = await startOrigin()
  const signal = AbortSignal.abort('no')

  const link = { signal, closed() {}, drain() {}, setCapacity() {} }

  expect(await errorOf(http2Adapter().dial(origin.target, link))).toBe('no')
  expect(origin.accepted()).toBe(0)
})
