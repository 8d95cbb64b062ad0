import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DueLinks, type Timed, TimingWheel } from '../src/timing-wheel.ts'

class Deadline implements Timed {
  dueAt = 0
  prevDue: DueLinks | undefined = undefined
  nextDue: DueLinks | undefined = undefined
  readonly name: string

  constructor(name = '') {
    this.name = name
  }

  onDue(): void {}
}

const DAY = 86_400_000
/** Edges of the wheel's levels, times beyond 32 bits, and their neighbours. */
const EDGES = [1, 63, 64, 65, 4_095, 4_096, 262_144, 2 ** 24, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 36]
const FAR = EDGES.flatMap((edge) => [edge - 1, edge, edge + 1])

function insert(wheel: TimingWheel, dueAt: number, name = `at ${dueAt}`): Deadline {
  const deadline = new Deadline(name)
  wheel.insert(deadline, dueAt)
  return deadline
}

function popAll(wheel: TimingWheel, now: number): string[] {
  const names: string[] = []
  for (let due = wheel.pop(now); due !== undefined; due = wheel.pop(now)) {
    names.push((due as Deadline).name)
  }
  return names
}

describe('one deadline', () => {
  test.each(FAR)('for %d comes then, and not a ms before', (dueAt) => {
    const wheel = new TimingWheel()
    insert(wheel, dueAt)

    expect(popAll(wheel, dueAt - 1)).toEqual([])
    expect(popAll(wheel, dueAt)).toEqual([`at ${dueAt}`])
    expect(wheel.next()).toBeUndefined()
  })

  test.each(FAR)('for %d after a long life comes then', (distance) => {
    const wheel = new TimingWheel()
    const start = 3 * 2 ** 40 + 12_345
    popAll(wheel, start)
    insert(wheel, start + distance)

    expect(popAll(wheel, start + distance - 1)).toEqual([])
    expect(popAll(wheel, start + distance)).toEqual([`at ${start + distance}`])
  })

  test('in the past is due at once', () => {
    const wheel = new TimingWheel()
    popAll(wheel, 1_000)
    insert(wheel, 10)

    expect(wheel.next()).toBeLessThanOrEqual(1_000)
    expect(popAll(wheel, 1_000)).toEqual(['at 10'])
  })

  test('between two ms comes with the later one, never early', () => {
    const wheel = new TimingWheel()
    insert(wheel, 5.5)

    expect(popAll(wheel, 5.9)).toEqual([])
    expect(popAll(wheel, 6)).toEqual(['at 5.5'])
  })

  test('that was removed never comes, and refers to no other', () => {
    const wheel = new TimingWheel()
    const removed = insert(wheel, 10)
    insert(wheel, 10, 'other')

    TimingWheel.remove(removed)

    expect([removed.prevDue, removed.nextDue]).toEqual([undefined, undefined])
    expect(popAll(wheel, DAY)).toEqual(['other'])
  })

  test('that came refers to no other', () => {
    const wheel = new TimingWheel()
    const first = insert(wheel, 10)
    insert(wheel, 10)

    expect(wheel.pop(10)).toBe(first)
    expect([first.prevDue, first.nextDue]).toEqual([undefined, undefined])
  })

  test('that was removed twice, or never inserted, harms no other', () => {
    const wheel = new TimingWheel()
    const removed = insert(wheel, 10)
    insert(wheel, 10, 'other')

    TimingWheel.remove(removed)
    TimingWheel.remove(removed)
    TimingWheel.remove(new Deadline())

    expect(popAll(wheel, 10)).toEqual(['other'])
  })

  test('further away than the wheel reaches stands and waits', () => {
    const wheel = new TimingWheel()
    insert(wheel, Number.MAX_VALUE, 'never')
    insert(wheel, 10, 'soon')

    expect(popAll(wheel, 2 ** 45)).toEqual(['soon'])
    expect(wheel.next()).toBeGreaterThan(2 ** 45)
  })
})

test('deadlines come by their ms, however time moves', () => {
  const wheel = new TimingWheel()
  for (const dueAt of [DAY, 5, 70, 5_000, 2 ** 33, 64, 63, 300_000]) insert(wheel, dueAt)

  expect(popAll(wheel, 2 ** 34)).toEqual(
    [5, 63, 64, 70, 5_000, 300_000, DAY, 2 ** 33].map((dueAt) => `at ${dueAt}`),
  )
})

test('those for the same ms come in the order in which they were inserted', () => {
  const wheel = new TimingWheel()
  for (const name of ['a', 'b', 'c']) insert(wheel, 5_000, name)

  expect(popAll(wheel, 5_000)).toEqual(['a', 'b', 'c'])
})

test('an insertion while others are taken out finds its place', () => {
  const wheel = new TimingWheel()
  insert(wheel, 100)
  insert(wheel, 200)

  expect(wheel.pop(300)).toMatchObject({ name: 'at 100' })
  insert(wheel, 50, 'late')
  insert(wheel, 150)
  insert(wheel, 400)

  expect(popAll(wheel, 300)).toEqual(['late', 'at 150', 'at 200'])
  expect(popAll(wheel, 400)).toEqual(['at 400'])
})

test('a time before the last one takes nothing out and moves nothing', () => {
  const wheel = new TimingWheel()
  popAll(wheel, 10_000)
  insert(wheel, 10_050)

  expect(popAll(wheel, 500)).toEqual([])
  expect(popAll(wheel, 10_050)).toEqual(['at 10050'])
})

test('an empty wheel has nothing to look at', () => {
  const wheel = new TimingWheel()
  TimingWheel.remove(insert(wheel, 10))

  expect([wheel.next(), wheel.pop(DAY)]).toEqual([undefined, undefined])
})

describe('random lives', () => {
  const time = fc.oneof(
    fc.nat(200),
    fc.nat(300_000),
    fc.maxSafeNat().map((n) => n % 2 ** 37),
    fc.constantFrom(...FAR),
    fc.double({ min: 0, max: 10_000, noNaN: true }),
  )
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('insert' as const), in: time }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('insertAt' as const), in: time }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), in: time }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), in: time }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('advanceToNext' as const), in: time }) },
  )

  class Model {
    readonly wheel = new TimingWheel()
    readonly waiting: Deadline[] = []
    now = 0

    insert(dueAt: number): void {
      const deadline = new Deadline()
      this.wheel.insert(deadline, dueAt)
      this.waiting.push(deadline)
    }

    removeOne(choice: number): void {
      if (this.waiting.length === 0) return
      const [deadline] = this.waiting.splice(Math.floor(choice) % this.waiting.length, 1)
      TimingWheel.remove(deadline!)
    }

    /** All that are due come, and no others, by their ms. */
    advanceTo(now: number): void {
      this.now = Math.max(this.now, now)
      const due = this.waiting.filter((it) => Math.ceil(it.dueAt) <= Math.floor(this.now))
      const came: Timed[] = []
      for (let it = this.wheel.pop(this.now); it; it = this.wheel.pop(this.now)) came.push(it)
      expect(new Set(came)).toEqual(new Set(due))
      expect(came).toHaveLength(due.length)
      for (const it of due) this.waiting.splice(this.waiting.indexOf(it), 1)
    }

    /** Never later than the first, so nobody is forgotten; and never at a time that has passed. */
    checkNext(): void {
      const next = this.wheel.next()
      const first = Math.min(...this.waiting.map((it) => Math.ceil(it.dueAt)))
      if (this.waiting.length === 0) expect(next).toBeUndefined()
      else expect(next).toBeLessThanOrEqual(Math.max(first, Math.floor(this.now)))
      if (next !== undefined && first > this.now) expect(next).toBeGreaterThan(this.now - 1)
    }
  }

  function live(model: Model, taken: { do: string; in: number }): void {
    if (taken.do === 'insert') model.insert(model.now + taken.in)
    else if (taken.do === 'insertAt') model.insert(taken.in)
    else if (taken.do === 'remove') model.removeOne(taken.in)
    else if (taken.do === 'advance') model.advanceTo(model.now + taken.in)
    else model.advanceTo(model.wheel.next() ?? model.now)
    model.checkNext()
  }

  test('a wheel gives out what a plain list would, at every time', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const model = new Model()
        for (const taken of steps) live(model, taken)
        model.advanceTo(2 ** 44)
        expect(model.waiting).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('whoever looks again when `next` says so needs few looks, however far the deadline', () => {
    fc.assert(
      fc.property(time, time, (start, distance) => {
        const wheel = new TimingWheel()
        popAll(wheel, start)
        const deadline = insert(wheel, start + distance)
        let looks = 0
        for (let next = wheel.next(); next !== undefined; next = wheel.next()) {
          wheel.pop(next)
          expect(++looks).toBeLessThanOrEqual(9)
        }
        expect(deadline.nextDue).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })
})
