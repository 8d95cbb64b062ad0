import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyHeap } from '../src/key-heap.ts'

function heapOf(ranks: Record<string, number>): KeyHeap<string> {
  const heap = new KeyHeap<string>()
  for (const [key, rank] of Object.entries(ranks)) heap.put(key, rank)
  return heap
}

/** All keys, lowest rank first; the heap is empty afterwards. */
function drain(heap: KeyHeap<string>): string[] {
  const keys: string[] = []
  for (let key = heap.first; key !== undefined; key = heap.first) {
    keys.push(key)
    heap.remove(key)
  }
  return keys
}

test('an empty heap has no first key, nor one besides another', () => {
  const heap = new KeyHeap<string>()

  expect([heap.first, heap.firstBesides('a')]).toEqual([undefined, undefined])
})

test('keys come by rank, whatever the order in which they joined', () => {
  expect(drain(heapOf({ d: 4, b: 2, e: 5, a: 1, c: 3 }))).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a key that is put again moves to its new rank, up or down, and is there once', () => {
  const heap = heapOf({ a: 1, b: 2, c: 3 })

  heap.put('a', 9)
  heap.put('c', 0)

  expect(drain(heap)).toEqual(['c', 'b', 'a'])
})

test('removing a key that is not in the heap changes nothing', () => {
  const heap = heapOf({ a: 1, b: 2 })

  heap.remove('c')

  expect(drain(heap)).toEqual(['a', 'b'])
})

test('a key leaves from the middle', () => {
  const heap = heapOf({ a: 1, b: 2, c: 3, d: 4, e: 5 })

  heap.remove('b')
  heap.remove('e')

  expect(drain(heap)).toEqual(['a', 'c', 'd'])
})

test.each([
  ['the first of two', { a: 1, b: 2 }, 'a', 'b'],
  ['the last of two', { a: 1, b: 2 }, 'b', 'a'],
  ['the only one', { a: 1 }, 'a', undefined],
  ['one that is not in it', { a: 1 }, 'b', 'a'],
  ['the first, where the second joined last', { a: 1, c: 3, b: 2 }, 'a', 'b'],
  ['the first, where the second joined before the third', { a: 1, b: 2, c: 3 }, 'a', 'b'],
])('the first besides %s', (_, ranks, besides, first) => {
  expect(heapOf(ranks).firstBesides(besides)).toBe(first)
})

test('a heap does what a sorted list does', () => {
  const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
  const put = fc.record({ key: keys, rank: fc.option(fc.nat(1000), { nil: undefined }) })

  fc.assert(
    fc.property(fc.array(put, { maxLength: 60 }), keys, (steps, besides) => {
      const heap = new KeyHeap<string>()
      const model = new Map<string, number>()
      for (const [i, { key, rank }] of steps.entries()) {
        // No two keys have one rank, so that there is one right answer.
        const own = rank === undefined ? undefined : rank * 100 + i
        if (own === undefined) heap.remove(key)
        else heap.put(key, own)
        if (own === undefined) model.delete(key)
        else model.set(key, own)
        const sorted = [...model].sort((a, b) => a[1] - b[1]).map(([name]) => name)
        expect(heap.first).toBe(sorted[0])
        expect(heap.firstBesides(besides)).toBe(sorted.find((name) => name !== besides))
      }
    }),
    { numRuns: 200 },
  )
})
