import { expect, test } from 'vitest'
import { idleTimeoutOf } from '../src/agent/keep-alive-hint.ts'

test.each([
  ['timeout=5', 4_500],
  ['timeout=60', 59_000],
  ['timeout=1', 900],
  ['timeout=0', 0],
  ['max=100, timeout=5', 4_500],
  ['Timeout = "5", max=3', 4_500],
  ['max=100', undefined],
  ['mytimeout=5', undefined],
  ['timeout=soon', undefined],
  [undefined, undefined],
])('%o is %o ms', (header, ms) => {
  expect(idleTimeoutOf(header)).toBe(ms)
})
