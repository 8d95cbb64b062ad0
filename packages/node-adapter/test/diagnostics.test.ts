import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Pool, type PoolTrace } from '@wantconn/pool-core'
import { PoolTester } from '@wantconn/pool-core/testing'
import { afterEach, expect, test } from 'vitest'
import {
  combineTraces,
  diagnosticsTrace,
  type PoolChannelName,
  poolChannelNames,
} from '../src/diagnostics.ts'
import { collectUncaught } from './support/uncaught.ts'

type Message = { readonly [field: string]: unknown }

const undo: (() => void)[] = []

afterEach(() => {
  for (const end of undo.splice(0)) end()
})

/** What is published on these channels from now on. */
function listen(...names: PoolChannelName[]): [name: string, message: Message][] {
  const heard: [string, Message][] = []
  for (const name of names) {
    const hear = (message: unknown): void => {
      heard.push([name, message as Message])
    }
    subscribe(name, hear)
    undo.push(() => unsubscribe(name, hear))
  }
  return heard
}

/** The names of the hooks that a trace may have. */
const hooksOf = (trace: object): string[] =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(trace)).filter((name) => name !== 'constructor')

const namesOf = (heard: [string, Message][]): string[] => heard.map(([name]) => name)

test('each event of a connection’s life is published on its channel, in order', async () => {
  const heard = listen(...poolChannelNames)
  const t = new PoolTester({ trace: diagnosticsTrace({ name: 'api' }) })

  // when a connection is dialed, used, idle and closed
  const want = t.get('a')
  const conn = (await t.wantDial('a')).finish()
  await want.wantGot(conn)
  want.release()
  t.pool.closeIdle()

  expect(heard).toEqual([
    ['wantconn:pool:getConn', { pool: 'api', key: 'a' }],
    ['wantconn:pool:dialStart', { pool: 'api', key: 'a' }],
    [
      'wantconn:pool:dialDone',
      { pool: 'api', key: 'a', durationMs: 0, surplus: false, conn: expect.anything() },
    ],
    [
      'wantconn:pool:gotConn',
      {
        pool: 'api',
        key: 'a',
        conn: expect.anything(),
        reused: false,
        wasIdle: false,
        idleMs: 0,
        shared: false,
        waitedMs: 0,
      },
    ],
    ['wantconn:pool:putIdle', { pool: 'api', key: 'a', conn: expect.anything() }],
    [
      'wantconn:pool:connClosed',
      { pool: 'api', key: 'a', conn: expect.anything(), reason: 'close-idle' },
    ],
  ])
  for (const [name, message] of heard.slice(2))
    expect([name, message['conn']]).toEqual([name, conn])
})

test('a failed dial and its failed want bring their error', async () => {
  const heard = listen('wantconn:pool:dialDone', 'wantconn:pool:wantFailed')
  const t = new PoolTester({ trace: diagnosticsTrace() })
  const error = new Error('refused')

  const want = t.get('a')
  ;(await t.wantDial('a')).fail(error)
  await want.wantFailed({ error })

  expect(namesOf(heard)).toEqual(['wantconn:pool:dialDone', 'wantconn:pool:wantFailed'])
  for (const [, message] of heard) {
    expect(message['error']).toBe(error)
    expect(message['pool']).toBeUndefined()
  }
})

test('a pool whose trace nobody subscribes to finds no hook', () => {
  const trace = diagnosticsTrace()
  const hooks = (): string[] =>
    hooksOf(trace).filter((hook) => trace[hook as keyof typeof trace] !== undefined)

  expect(hooks()).toEqual([])
  listen('wantconn:pool:gotConn')
  expect(hooks()).toEqual(['gotConn'])
})

test.each(poolChannelNames)('a subscriber of %s may come late and leave early', async (name) => {
  const t = new PoolTester({ trace: diagnosticsTrace() })
  const live = async (): Promise<void> => {
    const gone = t.get('a')
    gone.cancel()
    const late = (await t.wantDial('a')).finish()
    await t.wantIdle('a', late)
    const want = t.get('a')
    await want.wantGot(late)
    want.release()
    t.pool.closeIdle()
    await t.turn()
  }
  await live()

  // when somebody listens to one life in the middle
  const heard = listen(name)
  await live()
  const count = heard.length
  for (const end of undo.splice(0)) end()
  await live()

  expect(count).toBeGreaterThan(0)
  expect(heard).toHaveLength(count)
  expect(channel(name).hasSubscribers).toBe(false)
})

test('what a subscriber changes in its message, the pool’s other listeners do not see', async () => {
  listen('wantconn:pool:gotConn')
  const spoil = (message: unknown): void => {
    ;(message as { key: string }).key = 'spoilt'
  }
  subscribe('wantconn:pool:gotConn', spoil)
  undo.push(() => unsubscribe('wantconn:pool:gotConn', spoil))
  const t = new PoolTester({ trace: diagnosticsTrace() })
  let key = ''

  t.get('a', {
    trace: {
      gotConn: (event) => {
        key = event.key
      },
    },
  })
  ;(await t.wantDial('a')).finish()
  await t.turn()

  expect(key).toBe('a')
})

test('a name that is no string is refused', () => {
  expect(() => diagnosticsTrace({ name: 1 as never })).toThrow(TypeError)
})

test('the channels are those of all hooks that a pool knows', () => {
  const hooks = hooksOf(diagnosticsTrace())

  expect(poolChannelNames).toEqual(hooks.map((hook) => `wantconn:pool:${hook}`))
  const misspelt = { ...diagnosticsTrace(), gotCon() {} } as PoolTrace<object>
  expect(() => poolWith(misspelt)).toThrow(
    /known are getConn, dialStart, dialDone, gotConn, wantFailed, putIdle, connClosed$/,
  )
})

function poolWith(trace: PoolTrace<object>): unknown {
  return new Pool({ key: String, dial: async () => ({}), close() {} }, { trace })
}

test('combined traces are told each event, in the order given', async () => {
  const told: string[] = []
  const first = { getConn: () => told.push('first getConn'), gotConn: () => told.push('first got') }
  const second = { gotConn: () => told.push('second got'), putIdle: () => told.push('second idle') }
  const t = new PoolTester({ trace: combineTraces<object>(first, second) })

  const [conn] = await t.putIdle('a')

  expect(conn).toBeDefined()
  expect(told).toEqual(['first getConn', 'first got', 'second got', 'second idle'])
})

test('combined traces have no hook that none of them has', () => {
  const trace = combineTraces<object>({ getConn() {} }, { putIdle() {} }, diagnosticsTrace())

  expect(trace.getConn).toBeTypeOf('function')
  expect(trace.gotConn).toBeUndefined()
  listen('wantconn:pool:gotConn')
  expect(trace.gotConn).toBeTypeOf('function')
})

test('a trace that throws keeps no other from being told', async () => {
  const uncaught = collectUncaught()
  const error = new Error('a hook of its own')
  const told: string[] = []
  const throws = {
    getConn: () => {
      throw error
    },
  }
  const t = new PoolTester({
    trace: combineTraces<object>(throws, { getConn: (e) => told.push(e.key) }),
  })

  t.get('a')
  await expect.poll(() => uncaught).toEqual([error])

  expect(told).toEqual(['a'])
})

test('combined traces call each hook on its own trace', async () => {
  class Counting implements PoolTrace<object> {
    wants = 0
    getConn(): void {
      this.wants++
    }
  }
  const counting = new Counting()
  const t = new PoolTester({ trace: combineTraces<object>(counting) })

  t.get('a')

  expect(counting.wants).toBe(1)
})
