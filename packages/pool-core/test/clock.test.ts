import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { type Clock, systemClock, Timeline } from '../src/clock.ts'
import { Deadlines } from '../src/deadlines.ts'
import { FakeClock, PoolTester } from '../src/testing/index.ts'
import type { DueLinks, Timed } from '../src/timing-wheel.ts'

const LONGEST = 2 ** 31 - 1

class Deadline implements Timed {
  dueAt = 0
  prevDue: DueLinks | undefined = undefined
  nextDue: DueLinks | undefined = undefined

  onDue(): void {}
}

/** A clock whose timers fire when the test says so, early or late. */
class HandClock implements Clock {
  time = 0
  readonly armed: { run: () => void; ms: number }[] = []
  most = 0

  now(): number {
    return this.time
  }

  setTimeout(run: () => void, ms: number): unknown {
    const timer = { run, ms }
    this.armed.push(timer)
    this.most = Math.max(this.most, this.armed.length)
    return timer
  }

  clearTimeout(handle: unknown): void {
    const place = this.armed.indexOf(handle as { run: () => void; ms: number })
    if (place >= 0) this.armed.splice(place, 1)
  }

  /** Fires the armed timer, whatever the time. */
  fire(): void {
    this.armed.shift()?.run()
  }
}

function start(fired: (deadlines: Deadlines) => void = () => {}) {
  const clock = new HandClock()
  const due: Timed[] = []
  const deadlines: Deadlines = new Deadlines(
    clock,
    () => clock.time,
    () => {
      for (let it = deadlines.takeDue(clock.time); it; it = deadlines.takeDue(clock.time)) {
        due.push(it)
      }
      fired(deadlines)
    },
  )
  return { clock, deadlines, due }
}

describe('the system clock', () => {
  test('stands still within a turn in which it is read over and over', async () => {
    await undefined
    const day = vi.spyOn(Date, 'now').mockReturnValue(Date.now())
    try {
      const first = systemClock.now()
      for (let i = 0; i < 100; i++) systemClock.now()
      const reads = day.mock.calls.length
      day.mockReturnValue(Date.now() + 5_000)

      for (let i = 0; i < 100; i++) expect(systemClock.now()).toBe(first)
      expect(day.mock.calls.length).toBe(reads + 1)

      await undefined
      expect(systemClock.now()).toBe(first + 5_000)
    } finally {
      day.mockRestore()
      await undefined
    }
  })

  test('is read anew in a turn in which it is read a few times', async () => {
    await undefined
    const day = vi.spyOn(Date, 'now').mockReturnValue(Date.now())
    try {
      const first = systemClock.now()
      expect(systemClock.now()).toBe(first)
      day.mockReturnValue(Date.now() + 5_000)

      expect(systemClock.now()).toBe(first + 5_000)
    } finally {
      day.mockRestore()
    }
  })

  test('has moved on in the next turn', async () => {
    await undefined
    const day = vi.spyOn(Date, 'now').mockReturnValue(1_000)
    try {
      const before = systemClock.now()
      await undefined
      day.mockReturnValue(6_000)

      expect(systemClock.now() - before).toBe(5_000)
    } finally {
      day.mockRestore()
      await undefined
    }
  })

  test('goes with the time of day', async () => {
    await undefined
    const before = systemClock.now()
    const day = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 86_400_000)
    await undefined
    const after = systemClock.now()
    day.mockRestore()

    expect(after - before).toBeGreaterThanOrEqual(86_400_000)
  })

  test('has timers that do not keep the process alive', () => {
    const handle = systemClock.setTimeout(() => {}, 60_000) as NodeJS.Timeout
    const { promise, resolve } = withResolvers()

    expect(handle.hasRef()).toBe(false)

    systemClock.clearTimeout(handle)
    resolve()
    return promise
  })

  test('fires a timer once, and a cleared one never', async () => {
    let runs = 0
    const cleared = systemClock.setTimeout(() => (runs += 10), 1)
    systemClock.clearTimeout(cleared)
    systemClock.setTimeout(() => (runs += 1), 1)

    // The host's own timer of the same length, armed later, keeps the process alive until then.
    await new Promise((resolve) => setTimeout(resolve, 1))
    await new Promise((resolve) => setImmediate(resolve))

    expect(runs).toBe(1)
  })

  test('does where a host has timers that cannot be unreferenced', () => {
    const spy = vi.spyOn(globalThis, 'setTimeout').mockReturnValue(7 as never)
    try {
      expect(systemClock.setTimeout(() => {}, 5)).toBe(7)
    } finally {
      spy.mockRestore()
    }
  })
})

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

describe('the time of a pool', () => {
  test('begins at 0, wherever its clock stands', () => {
    const timeline = new Timeline(new FakeClock(1_790_000_000_000))

    expect(timeline.now()).toBe(0)
  })

  test('moves with its clock', () => {
    const clock = new FakeClock(500)
    const timeline = new Timeline(clock)

    clock.advance(1_234)

    expect(timeline.now()).toBe(1_234)
  })

  test('stands still when its clock is set back, and goes on from there', () => {
    const clock = new FakeClock(10_000)
    const timeline = new Timeline(clock)
    clock.advance(100)
    timeline.now()

    clock.jump(-5_000)
    const set = timeline.now()
    clock.advance(10)

    expect([set, timeline.now()]).toEqual([100, 110])
  })

  test('never goes back, and loses no step forward', () => {
    const steps = fc.array(fc.integer({ min: -10_000, max: 10_000 }))

    fc.assert(
      fc.property(steps, (taken) => {
        const clock = new FakeClock()
        const timeline = new Timeline(clock)
        let expected = 0
        for (const step of taken) {
          clock.jump(step)
          expected += Math.max(step, 0)
          expect(timeline.now()).toBe(expected)
        }
      }),
    )
  })
})

describe('the one timer', () => {
  test('is not armed while nothing waits', () => {
    const { clock } = start()

    expect(clock.armed).toEqual([])
  })

  test('is armed for the first deadline, and again for an earlier one', () => {
    const { clock, deadlines } = start()

    deadlines.set(new Deadline(), 500)
    deadlines.set(new Deadline(), 900)
    deadlines.set(new Deadline(), 20)

    expect(clock.armed.map(({ ms }) => ms)).toEqual([20])
  })

  test('is armed for what is left after it has fired', () => {
    const { clock, deadlines, due } = start()
    const [first, second] = [new Deadline(), new Deadline()]
    deadlines.set(first, 10)
    deadlines.set(second, 50)

    clock.time = 10
    clock.fire()

    expect(due).toEqual([first])
    expect(clock.armed.map(({ ms }) => ms)).toEqual([40])
  })

  test('expires nothing when it fires early, and is armed again', () => {
    const { clock, deadlines, due } = start()
    deadlines.set(new Deadline(), 60)

    clock.time = 59
    clock.fire()

    expect(due).toEqual([])
    expect(clock.armed.map(({ ms }) => ms)).toEqual([1])
  })

  test('waits no longer at once than a host can', () => {
    const { clock, deadlines, due } = start()
    const far = new Deadline()
    deadlines.set(far, 3 * LONGEST)
    const delays: number[] = []

    while (clock.armed.length > 0) {
      delays.push(clock.armed[0]?.ms ?? 0)
      clock.time += clock.armed[0]?.ms ?? 0
      clock.fire()
    }

    expect(Math.max(...delays)).toBeLessThanOrEqual(LONGEST)
    expect(due).toEqual([far])
    expect(clock.time).toBe(3 * LONGEST)
  })

  test.each([
    [0.2, 1],
    [5.5, 6],
    [-3, 1],
    [0, 1],
  ])('is armed with a whole delay: a deadline at %d after %d', (dueAt, delay) => {
    const { clock, deadlines } = start()

    deadlines.set(new Deadline(), dueAt)

    expect(clock.armed.map(({ ms }) => ms)).toEqual([delay])
  })

  test('is not armed for a time that never comes', () => {
    const { clock, deadlines } = start()

    deadlines.set(new Deadline(), Number.POSITIVE_INFINITY)

    expect(clock.armed).toEqual([])
  })

  test('a deadline moved to a time that never comes is taken back', () => {
    const { clock, deadlines, due } = start()
    const moved = new Deadline()
    deadlines.set(moved, 10)

    deadlines.set(moved, Number.POSITIVE_INFINITY)
    clock.time = 100
    clock.fire()

    expect(due).toEqual([])
    expect(clock.armed).toEqual([])
  })

  test('a deadline that was taken back does not come', () => {
    const { clock, deadlines, due } = start()
    const taken = new Deadline()
    deadlines.set(taken, 10)

    deadlines.clear(taken)
    clock.time = 10
    clock.fire()

    expect(due).toEqual([])
    expect(clock.armed).toEqual([])
  })

  test('a deadline that is moved comes once, at the new time', () => {
    const { clock, deadlines, due } = start()
    const moved = new Deadline()
    deadlines.set(moved, 10)

    deadlines.set(moved, 30)
    clock.time = 10
    clock.fire()
    const early = due.length
    clock.time = 30
    clock.fire()

    expect([early, due]).toEqual([0, [moved]])
  })

  test.each([
    [10, 30],
    [10, 10],
    // Over the border of a slot of each level, and of all low levels together.
    [60, 70],
    [4_000, 5_000],
    [10, 300_000],
    [300_000, 2 ** 31],
  ])('a deadline at %d that is put off to %d comes once, and then', (before, after) => {
    const { clock, deadlines, due } = start()
    const later = new Deadline()
    deadlines.set(later, before)
    deadlines.postpone(later, after)

    while (due.length === 0) {
      clock.time += clock.armed[0]?.ms ?? Number.NaN
      clock.fire()
    }

    expect([due, clock.time, clock.armed]).toEqual([[later], after, []])
  })

  test('a deadline that is put off costs no timer', () => {
    const { clock, deadlines } = start()
    const later = new Deadline()
    deadlines.set(later, 10)
    const [armed] = clock.armed

    deadlines.postpone(later, 20)

    expect(clock.armed).toEqual([armed])
    expect(clock.armed[0]).toBe(armed)
  })

  test('a deadline is put off to an earlier time, too, to one that never comes, and from none', () => {
    const { clock, deadlines, due } = start()
    const [earlier, never, fresh] = [new Deadline(), new Deadline(), new Deadline()]
    deadlines.set(earlier, 50)
    deadlines.set(never, 50)

    deadlines.postpone(earlier, 20)
    deadlines.postpone(never, Number.POSITIVE_INFINITY)
    deadlines.postpone(fresh, 30)
    clock.time = 100
    clock.fire()

    expect(due).toEqual([earlier, fresh])
    expect(clock.armed).toEqual([])
  })

  test('is not armed any more once all is stopped', () => {
    const { clock, deadlines } = start()
    deadlines.set(new Deadline(), 10)

    deadlines.stop()

    expect(clock.armed).toEqual([])
  })

  test('stays unarmed when all is stopped while it fires', () => {
    const { clock, deadlines } = start((it) => it.stop())
    deadlines.set(new Deadline(), 10)
    deadlines.set(new Deadline(), 50)

    clock.time = 10
    clock.fire()

    expect(clock.armed).toEqual([])
  })

  test('is one at most, and no deadline is missed, whatever is set and taken back', () => {
    const step = fc.record({
      act: fc.constantFrom(...acts),
      which: fc.nat(9),
      ms: fc.nat(200_000),
    })

    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const life = new Life()
        for (const taken of steps) life.live(taken)
        expect(life.clock.most).toBeLessThanOrEqual(1)
      }),
      { numRuns: 200 },
    )
  })
})

const acts = ['set', 'postpone', 'clear', 'fire'] as const

interface Step {
  act: (typeof acts)[number]
  which: number
  ms: number
}

/** Ten deadlines and one timer, beside a plain set of those that wait. */
class Life {
  readonly members = Array.from({ length: 10 }, () => new Deadline())
  readonly waiting = new Set<Timed>()
  readonly clock: HandClock
  readonly #deadlines: Deadlines
  readonly #due: Timed[]

  constructor() {
    const { clock, deadlines, due } = start()
    this.clock = clock
    this.#deadlines = deadlines
    this.#due = due
  }

  live({ act, which, ms }: Step): void {
    const member = this.members[which]!
    if (act === 'set' || act === 'postpone') {
      this.#deadlines[act](member, this.clock.time + ms)
      this.waiting.add(member)
    } else if (act === 'clear') {
      this.#deadlines.clear(member)
      this.waiting.delete(member)
    } else {
      this.clock.time += this.clock.armed[0]?.ms ?? 0
      this.clock.fire()
    }
    this.#check()
  }

  #check(): void {
    for (const it of this.#due.splice(0)) {
      expect(it.dueAt).toBeLessThanOrEqual(this.clock.time)
      expect(this.waiting.delete(it)).toBe(true)
    }
    const first = Math.min(...[...this.waiting].map((it) => it.dueAt))
    const armedFor = this.clock.time + (this.clock.armed[0]?.ms ?? Number.POSITIVE_INFINITY)
    // A timer cannot be armed for less than 1 ms.
    expect(armedFor).toBeLessThanOrEqual(Math.max(first, this.clock.time + 1))
  }
}

describe('a pool', () => {
  test('whose timer fires early expires nothing', async () => {
    const clock = new HandClock()
    const t = new PoolTester({ clock, idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')

    clock.time = 999
    clock.fire()
    t.check()

    await t.wantIdle('a', conn!)
    expect(clock.armed.map(({ ms }) => ms)).toEqual([1])
  })

  test('whose timer is late lends a connection in use, though its last idle time would be over', async () => {
    const clock = new HandClock()
    const t = new PoolTester({ clock, idleTimeoutMs: 1_000, maxLifetimeMs: 60_000 })
    const [conn] = await t.putIdle('a')
    conn!.setCapacity(2)
    const first = t.get('a')
    await first.wantGot(conn)

    clock.time = 1_500
    const second = t.get('a')

    await second.wantGot(conn)
    t.check()
  })

  test('whose clock is set back closes nothing, and then what has been idle for long enough', async () => {
    const clock = new FakeClock(1_000_000)
    const t = new PoolTester({ clock, idleTimeoutMs: 1_000, maxLifetimeMs: 60_000 })
    const [conn] = await t.putIdle('a')
    clock.advance(400)

    // A dial is an occasion on which the pool looks at its clock.
    t.get('b')
    clock.jump(-500_000)
    t.get('c')
    await t.wantIdle('a', conn!)
    clock.advance(600)

    expect(t.pool.tryAcquire('a')).toBeUndefined()
    await t.wantClosed(conn!, 'idle-timeout')
  })

  test('whose clock jumps over an idle time hands out nothing stale', async () => {
    const clock = new FakeClock()
    const t = new PoolTester({ clock, idleTimeoutMs: 1_000 })
    const [conn] = await t.putIdle('a')

    clock.jump(1_000)

    expect(t.pool.tryAcquire('a')).toBeUndefined()
    await t.wantClosed(conn!, 'idle-timeout')
  })

  test('that is closed by a callback of its own timer has no timer armed', async () => {
    const clock = new HandClock()
    const t = new PoolTester({ clock, maxPerKey: 1 })
    await t.putIdle('a')
    const lease = t.pool.tryAcquire('a')
    t.pool.want('a', () => void t.pool.close(), { timeoutMs: 10 })

    clock.time = 10
    clock.fire()

    expect(t.pool.stats().waiting).toBe(0)
    expect(clock.armed).toEqual([])
    lease?.release()
    expect(clock.armed).toEqual([])
  })

  test('with a hundred connections idle has one timer armed, and none when it is closed', async () => {
    const clock = new HandClock()
    const t = new PoolTester({ clock, maxLifetimeMs: 50_000 })
    for (let i = 0; i < 100; i++) {
      clock.time = i * 7
      await t.putIdle(`key ${i}`)
    }

    expect([clock.armed.length, clock.most]).toEqual([1, 1])
    await t.pool.close()
    expect(clock.armed).toEqual([])
  })
})
