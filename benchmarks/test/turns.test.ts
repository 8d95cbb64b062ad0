import { expect, test } from 'vitest'
import { Turns } from '../src/harness/turns.ts'

const settled = (): Promise<void> => new Promise(setImmediate)

async function takesTurns(name: string, turns: Turns, count: number, log: string[]): Promise<void> {
  for (let i = 0; i < count; i++) {
    await turns.take()
    log.push(`${name} begins`)
    await settled()
    log.push(`${name} ends`)
  }
  turns.leave()
}

test('one measures at a time, and each once in a sweep', async () => {
  const turns = new Turns(3)
  const log: string[] = []

  await Promise.all(['a', 'b', 'c'].map((name) => takesTurns(name, turns, 4, log)))

  expect(log).toHaveLength(24)
  for (let i = 0; i < 24; i += 2) expect(log[i + 1]).toBe(log[i]?.replace('begins', 'ends'))
  for (let i = 0; i < 24; i += 6) {
    expect(
      log
        .slice(i, i + 6)
        .filter((line) => line.endsWith('begins'))
        .sort(),
    ).toEqual(['a begins', 'b begins', 'c begins'])
  }
})

test('nobody begins before all are ready', async () => {
  const turns = new Turns(2)
  let hasBegun = false
  const first = turns.take().then(() => {
    hasBegun = true
  })
  await settled()
  expect(hasBegun).toBe(false)

  void turns.take()
  turns.leave()
  await first
})

test('one that leaves early holds up nobody', async () => {
  const turns = new Turns(2)
  const log: string[] = []
  const whole = takesTurns('a', turns, 3, log)

  turns.leave()
  await whole

  expect(log).toHaveLength(6)
})
