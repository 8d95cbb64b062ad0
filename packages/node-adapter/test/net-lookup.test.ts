import type { LookupAddress } from 'node:dns'
import type { Socket } from 'node:net'
import { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { interleave, lookupAddresses } from '../src/dial/lookup.ts'
import { type NetAdapterOptions, type NetLookup, type NetTarget, netAdapter } from '../src/index.ts'
import { errorOf } from './support/agent.ts'
import { startTcp, unusedPort } from './support/origin.ts'

const host = '127.0.0.1'

function newPool(options?: NetAdapterOptions): Pool<NetTarget, Socket> {
  const pool = new Pool(netAdapter(options))
  onTestFinished(() => pool.destroy())
  return pool
}

/** A resolver that gives these addresses for every name. */
function finds(...addresses: string[]): NetLookup {
  return (_name, _options, callback) => {
    const found: LookupAddress[] = addresses.map((address) => ({ address, family: 4 }))
    callback(null, found)
  }
}

test('the families take turns, beginning with the first address', () => {
  expect(interleave(['::1', '::2', '::3', '1.1.1.1', '2.2.2.2'])).toEqual([
    '::1',
    '1.1.1.1',
    '::2',
    '2.2.2.2',
    '::3',
  ])
  expect(interleave(['1.1.1.1', '2.2.2.2', '::1'])).toEqual(['1.1.1.1', '::1', '2.2.2.2'])
  expect(interleave([])).toEqual([])
})

test('what a lookup brings is tried in turns of the families, each address once', async () => {
  const lookup = finds('127.0.0.1', '127.0.0.2', '127.0.0.1', '::1')
  const { signal } = new AbortController()

  expect(await lookupAddresses('a.test', 0, lookup, signal)).toEqual([
    '127.0.0.1',
    '::1',
    '127.0.0.2',
  ])
})

test('a lookup is asked for all addresses of the family wanted', async () => {
  const { port } = await startTcp()
  const asked: unknown[] = []
  const lookup: NetLookup = (name, options, callback) => {
    asked.push([name, options])
    callback(null, [{ address: host, family: 4 }])
  }

  await newPool({ lookup }).acquire({ host: 'Some.Test', port, family: 4 })

  expect(asked).toEqual([['some.test', { all: true, family: 4 }]])
})

test('a lookup may answer with a single address', async () => {
  const { port } = await startTcp()
  const lookup: NetLookup = (_name, _options, callback) => callback(null, host, 4)

  const { conn } = await newPool({ lookup }).acquire({ host: 'some.test', port })

  expect(conn.remoteAddress).toBe(host)
})

test('an IP address is not looked up', async () => {
  const { port } = await startTcp()
  const lookup: NetLookup = () => expect.unreachable()

  await newPool({ lookup }).acquire({ host, port })
})

test('an address that refuses is followed by the next, and all that were tried are told', async () => {
  const { port } = await startTcp()
  const pool = newPool({ lookup: finds('127.0.0.2', '127.0.0.3', host) })

  const { conn } = await pool.acquire({ host: 'some.test', port })
  const error = await errorOf(pool.acquire({ host: 'some.test', port: await unusedPort() }))

  expect(conn.remoteAddress).toBe(host)
  expect(error).toMatchObject({
    code: 'ECONNREFUSED',
    phase: 'connect',
    attempts: [{ error: { address: '127.0.0.2' } }, { error: { address: '127.0.0.3' } }, {}],
    cause: { errors: [{}, {}, {}] },
  })
})

test.each<[string, NetLookup, string]>([
  ['throws', () => failWith('EBUG'), 'EBUG'],
  ['fails', (_name, _options, done) => done(errorWith('ESERVFAIL'), []), 'ESERVFAIL'],
  ['finds nothing', finds(), 'ENOTFOUND'],
  ['brings no address', finds('nonsense'), 'ERR_INVALID_IP_ADDRESS'],
  [
    'brings undefined',
    (_name, _options, done) => done(null, undefined as never),
    'ERR_INVALID_IP_ADDRESS',
  ],
])('a lookup that %s fails the dial in the phase lookup', async (_, lookup, code) => {
  const error = await errorOf(newPool({ lookup }).acquire({ host: 'some.test', port: 80 }))

  expect(error).toMatchObject({ code, phase: 'lookup', target: 'tcp some.test:80', attempts: [] })
  expect(error.cause).toMatchObject({ code })
})

test('only addresses of the family of localAddress are tried', async () => {
  const pool = newPool({ lookup: finds('::1') })

  const error = await errorOf(
    pool.acquire({ host: 'some.test', port: 80, localAddress: '127.0.0.1' }),
  )

  expect(error).toMatchObject({ code: 'ENOTFOUND', phase: 'lookup' })
})

test('a lookup that takes longer than lookupTimeoutMs fails', async () => {
  const pool = newPool({ lookup: () => {}, lookupTimeoutMs: 20 })

  const error = await errorOf(pool.acquire({ host: 'some.test', port: 80 }))

  expect(error).toMatchObject({ code: 'ETIMEDOUT', phase: 'lookup' })
})

test('a dial aborted in its lookup rejects with the reason, and connects to nothing', async () => {
  const server = await startTcp(() => expect.unreachable())
  let answer = (): void => {}
  const lookup: NetLookup = (_name, _options, callback) => {
    answer = () => callback(null, host, 4)
  }
  const controller = new AbortController()
  const link = { signal: controller.signal, closed() {}, drain() {}, setCapacity() {} }
  const target = { host: 'some.test', port: server.port }
  const dialed = errorOf(Promise.resolve(netAdapter({ lookup }).dial(target, link)))
  const reason = new Error('no use for it')

  controller.abort(reason)
  answer()

  expect(await dialed).toBe(reason)
  expect(server.sockets.size).toBe(0)
})

function errorWith(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function failWith(code: string): never {
  throw errorWith(code)
}
