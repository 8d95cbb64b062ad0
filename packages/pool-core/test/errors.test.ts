import { afterEach, describe, expect, test } from 'vitest'
import { isPoolError } from '../src/index.ts'
import { PoolTester } from '../src/testing/index.ts'

const limit = Error.stackTraceLimit ?? 10

afterEach(() => {
  Error.stackTraceLimit = limit
})

describe('the stack of an error that the pool makes by itself', () => {
  test('is empty, and others keep theirs', async () => {
    const t = new PoolTester({ dialTimeoutMs: 5 })
    const canceled = t.get('a')
    const late = t.get('b')

    canceled.cancel()
    t.clock.advance(5)

    const errors = [
      await canceled.wantFailed('ERR_POOL_CANCELED'),
      await late.wantFailed('ERR_POOL_DIAL_TIMEOUT'),
    ]
    for (const error of errors) {
      expect((error as Error).stack).not.toContain('\n    at ')
    }
    expect(new Error('another').stack).toContain('\n    at ')
  })

  test('leaves no limit of frames behind where there was none', async () => {
    const t = new PoolTester()
    Reflect.deleteProperty(Error, 'stackTraceLimit')

    t.get('a').cancel()

    expect('stackTraceLimit' in Error).toBe(false)
  })

  test('is there where the limit of frames cannot be changed', async () => {
    Object.defineProperty(Error, 'stackTraceLimit', {
      value: limit,
      writable: false,
      configurable: true,
    })
    const t = new PoolTester()
    const want = t.get('a')

    want.cancel()

    Object.defineProperty(Error, 'stackTraceLimit', {
      value: limit,
      writable: true,
      configurable: true,
    })
    const error = await want.wantFailed('ERR_POOL_CANCELED')
    expect(isPoolError(error, 'ERR_POOL_CANCELED')).toBe(true)
    expect((error as Error).stack).toContain('\n    at ')
  })
})
