import { afterEach, expect, test, vi } from 'vitest'
import { defaultLevers, type LeverValues } from '../../src/levers.ts'
import { type Beat, beats } from '../../src/traffic/beats.ts'
import { DialDelays } from '../../src/traffic/dial-delays.ts'
import { Pacer } from '../../src/traffic/pacer.ts'

afterEach(() => void vi.useRealTimers())

function take(count: number, shape: LeverValues['shape'], perSecond = 60): Beat[] {
  const plan = beats(
    () => shape,
    () => perSecond,
  )
  return Array.from({ length: count }, () => plan.next().value)
}

test('bursts grow from 5 to 40, rest, and begin again', () => {
  const round = take(9, 'bursts')

  expect(round.map(({ size }) => size)).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 5])
  expect(round.map(({ afterMs }) => afterMs)).toEqual([0, 400, 400, 400, 400, 400, 400, 400, 3_000])
  expect(round.filter(({ beginsRound }) => beginsRound)).toEqual([round[0], round[8]])
})

test.each([1, 60, 99, 150, 650, 700])('%d a second are so many, evenly', (perSecond) => {
  const some = take(500, 'steady', perSecond)

  const sent = some.reduce((sum, { size }) => sum + size, 0)
  const ms = some.reduce((sum, { afterMs }) => sum + afterMs, 0)
  expect((sent / ms) * 1_000).toBeCloseTo(perSecond, 6)
  expect(Math.max(...some.map(({ size }) => size))).toBeLessThanOrEqual(7)
})

function delaysOf(count: number, levers: Partial<LeverValues>): number[] {
  const delays = new DialDelays(() => ({ ...defaultLevers, ...levers }))
  return Array.from({ length: count }, () => delays.next())
}

test('with jitter, 8 % of dials take 300 ms and 2 % a second', () => {
  const delays = delaysOf(10_000, { shape: 'jitter', dialDelayMs: 20 })

  const share = (ms: number) => delays.filter((delay) => delay === ms).length / delays.length
  expect(share(1_000)).toBeCloseTo(0.02, 2)
  expect(share(300)).toBeCloseTo(0.08, 2)
  expect(share(20)).toBeCloseTo(0.9, 2)
})

test('the n-th dial takes as long for everybody', () => {
  const levers = { shape: 'jitter' as const }

  expect(delaysOf(1_000, levers)).toEqual(delaysOf(1_000, levers))
})

test('one dial of each round is slow, where one is to be', () => {
  const delays = new DialDelays(() => ({
    ...defaultLevers,
    shape: 'one-slow-dial',
    dialDelayMs: 50,
  }))
  const round = () => {
    delays.beginRound()
    return Array.from({ length: 6 }, () => delays.next())
  }

  expect(round()).toEqual([50, 50, 2_000, 50, 50, 50])
  expect(round()).toEqual([50, 50, 2_000, 50, 50, 50])
  expect(delays.dials).toBe(12)
})

function* every(afterMs: number): Generator<Beat, never> {
  for (let size = 1; ; size++) yield { afterMs, size, beginsRound: false }
}

function paced(afterMs: number): { pacer: Pacer; sent: number[] } {
  vi.useFakeTimers()
  const sent: number[] = []
  return { pacer: new Pacer(every(afterMs), ({ size }) => sent.push(size)), sent }
}

test('beats come by the clock', () => {
  const { pacer, sent } = paced(100)

  pacer.go()
  vi.advanceTimersByTime(350)

  expect(sent).toEqual([1, 2, 3])
})

test('nothing comes while it is held, and then it goes on', () => {
  const { pacer, sent } = paced(100)
  pacer.go()
  vi.advanceTimersByTime(150)

  pacer.hold()
  vi.advanceTimersByTime(10_000)

  expect(sent).toEqual([1])
  pacer.go()
  vi.advanceTimersByTime(150)
  expect(sent).toEqual([1, 2])
})

test('a beat can be had out of time, while it is held', () => {
  const { pacer, sent } = paced(100)

  pacer.beat()

  expect(sent).toEqual([1])
  vi.advanceTimersByTime(1_000)
  expect(sent).toEqual([1])
})

test('what a sleeping machine missed is not made up for', () => {
  const { pacer, sent } = paced(100)
  pacer.go()
  vi.advanceTimersByTime(100)

  // The clock goes on by an hour before any timer runs.
  vi.setSystemTime(Date.now() + 3_600_000)
  const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 3_600_000)
  vi.advanceTimersToNextTimer()
  now.mockRestore()

  expect(sent.length).toBeLessThanOrEqual(3)
})

test('one who holds it from within a beat is heard', () => {
  vi.useFakeTimers()
  const sent: number[] = []
  const pacer: Pacer = new Pacer(every(100), ({ size }) => {
    sent.push(size)
    pacer.hold()
  })

  pacer.go()
  vi.advanceTimersByTime(1_000)

  expect(sent).toEqual([1])
})
