import { describe, expect, test, vi } from 'vitest'
import {
  checkInvariants,
  FakeAdapter,
  FakeClock,
  FakeConn,
  PoolTester,
} from '../src/testing/index.ts'

/** What a test does by mistake is told at once, where it does it. */

describe('a fake clock', () => {
  test.each<[string, (clock: FakeClock) => unknown, typeof TypeError | typeof RangeError, string]>([
    [
      'is not advanced by nothing',
      (it) => it.advance(undefined as never),
      TypeError,
      'advance() ms',
    ],
    ['is not advanced by words', (it) => it.advance('10' as never), TypeError, 'advance() ms'],
    ['is not advanced for ever', (it) => it.advance(Infinity), RangeError, 'advance() ms'],
    ['is not advanced backwards', (it) => it.advance(-1), RangeError, 'jump()'],
    ['does not jump by words', (it) => it.jump('10' as never), TypeError, 'jump() ms'],
    ['does not jump nowhere', (it) => it.jump(Number.NaN), RangeError, 'jump() ms'],
    [
      'calls nothing but functions',
      (it) => it.setTimeout(1 as never, 1),
      TypeError,
      'setTimeout() run',
    ],
    [
      'is told how long a timer takes',
      (it) => it.setTimeout(() => {}, undefined as never),
      TypeError,
      'setTimeout() ms',
    ],
  ])('%s', (_, misuse, type, named) => {
    const clock = new FakeClock(5)

    expect(() => misuse(clock)).toThrow(type)
    expect(() => misuse(clock)).toThrow(named)
    expect(clock.now()).toBe(5)
    expect(clock.pending).toBe(0)
  })

  test('begins at a number', () => {
    expect(() => new FakeClock('1' as never)).toThrow(TypeError)
  })

  test('fires what becomes due on the way, in order, each at its own moment', () => {
    const clock = new FakeClock()
    const fired: [string, number][] = []
    const at = (name: string, ms: number) =>
      clock.setTimeout(() => fired.push([name, clock.now()]), ms)
    at('late', 30)
    at('early', 10)
    at('never', Number.POSITIVE_INFINITY)
    clock.clearTimeout(at('cleared', 20))

    clock.advance(30)

    expect(fired).toEqual([
      ['early', 10],
      ['late', 30],
    ])
    expect(clock.pending).toBe(1)
  })

  test('jumps without firing anything, back too', () => {
    const clock = new FakeClock(100)
    const run = vi.fn()
    clock.setTimeout(run, 10)

    clock.jump(50)
    clock.jump(-100)

    expect(clock.now()).toBe(50)
    expect(run).not.toHaveBeenCalled()
  })
})

describe('a fake dial', () => {
  const begun = async () => {
    const t = new PoolTester()
    const want = t.get('a')
    return { t, want, dial: await t.wantDial('a') }
  }

  test.each(['finish', 'fail'] as const)('does not settle again by %s', async (method) => {
    const { dial } = await begun()
    dial.finish()

    expect(() => dial[method]()).toThrow('this dial of a has settled before')
  })

  test('brings a FakeConn', async () => {
    const { dial } = await begun()

    expect(() => dial.finish({} as never)).toThrow(TypeError)
    expect(dial.settled).toBe(false)
  })

  test('brings one of a class of its own', async () => {
    class Mine extends FakeConn {
      readonly color = 'blue'
    }
    const { t, want, dial } = await begun()

    const conn = dial.finish(new Mine(dial.key, dial.link))

    expect(conn.color).toBe('blue')
    await want.wantGot(conn)
    t.check()
  })
})

test('a target of a fake adapter is a string', () => {
  expect(() => new FakeAdapter().key(1 as never)).toThrow(
    new TypeError('a target of FakeAdapter must be a string; got 1'),
  )
})

describe('a pool tester', () => {
  test('moves the fake clock that it is given', () => {
    const clock = new FakeClock()
    const t = new PoolTester({ clock })

    t.advance(5)

    expect(t.clock).toBe(clock)
    expect(clock.now()).toBe(5)
  })

  test('says which dials have begun when there is none of a key', async () => {
    const t = new PoolTester()
    t.get('b?x')

    await expect(t.wantDial('b?x')).rejects.toThrow('no dial of b?x has begun, but one of b')
  })

  test.each(['wantIdle', 'wantOpen'] as const)(
    '%s expects something of a connection',
    async (name) => {
      const t = new PoolTester()

      await expect(name === 'wantIdle' ? t.wantIdle('a') : t.wantOpen()).rejects.toThrow(TypeError)
    },
  )

  test('leaves one connection idle at least', async () => {
    await expect(new PoolTester().putIdle('a', 0)).rejects.toThrow(RangeError)
  })

  test('says what became of a connection that is not closed as expected', async () => {
    const t = new PoolTester()
    const [conn] = await t.putIdle('a')

    await expect(t.wantClosed(conn as FakeConn, 'broken')).rejects.toThrow(
      /conn\d+ of a is not closed; expected broken/,
    )
    t.pool.closeIdle()
    await expect(t.wantClosed(conn as FakeConn, 'broken')).rejects.toThrow(
      /conn\d+ of a is closed: close-idle; expected broken/,
    )
  })

  test('says what a want failed with', async () => {
    const t = new PoolTester()
    const want = t.get('a')
    const dial = await t.wantDial('a')
    dial.fail(new Error('refused'))

    await expect(want.wantGot()).rejects.toThrow('the want of a failed with Error: refused')
    await expect(want.wantFailed('ERR_POOL_CLOSED')).rejects.toThrow(
      'the want of a failed with Error: refused; expected ERR_POOL_CLOSED',
    )
  })
})

test('the invariants are those of a pool', () => {
  expect(() => checkInvariants({} as never)).toThrow(
    new TypeError('checkInvariants() pool must be a Pool; got an object'),
  )
})
