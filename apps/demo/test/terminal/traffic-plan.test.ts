import { expect, test } from 'vitest'
import { planTraffic, totalOf } from '../../src/terminal/traffic-plan.ts'

test('bursts grow evenly from 5 to 40', () => {
  expect(planTraffic({ bursts: 8 }).bursts).toEqual([5, 10, 15, 20, 25, 30, 35, 40])
  expect(planTraffic({ bursts: 2 }).bursts).toEqual([5, 40])
  expect(planTraffic({ bursts: 1 }).bursts).toEqual([5])
})

test.each([
  [10, 500],
  [10, 10],
  [7, 100],
  [1, 33],
  [3, 4],
])(
  '%d bursts share %d requests, each no smaller than the last but for rounding',
  (bursts, requests) => {
    const plan = planTraffic({ bursts, requests })

    expect(plan.bursts).toHaveLength(bursts)
    expect(totalOf(plan)).toBe(requests)
    for (const [i, size] of plan.bursts.entries()) {
      expect(size).toBeGreaterThanOrEqual((plan.bursts[i - 1] ?? 0) - 1)
    }
  },
)
