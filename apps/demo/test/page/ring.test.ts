import { expect, test } from 'vitest'
import { Ring } from '../../page/fold/ring.ts'

test('a ring keeps the latest, and tells who had to make room', () => {
  const ring = new Ring<number>(3)

  const left = [1, 2, 3, 4, 5].map((n) => ring.push(n))

  expect(left).toEqual([undefined, undefined, undefined, 1, 2])
  expect([...ring]).toEqual([3, 4, 5])
  expect(ring.latest()).toEqual([5, 4, 3])
  expect(ring.latest(2)).toEqual([5, 4])
  expect(ring.length).toBe(3)
})

test('an empty ring has nothing', () => {
  const ring = new Ring<number>(3)

  expect([...ring]).toEqual([])
  expect(ring.latest(5)).toEqual([])
})
