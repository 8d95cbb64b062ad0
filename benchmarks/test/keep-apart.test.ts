import { expect, test } from 'vitest'
import { processorsIn } from '../src/harness/keep-apart.ts'

test.each([
  ['0', [0]],
  ['0,1', [0, 1]],
  ['0-3', [0, 1, 2, 3]],
  ['2,4-5,9', [2, 4, 5, 9]],
  ['', []],
])('a list of processors as the kernel writes it: %j', (list, processors) => {
  expect(processorsIn(list)).toEqual(processors)
})
