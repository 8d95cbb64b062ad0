import { expect, test } from 'vitest'
import type { PeerResult } from '../../src/terminal/drive.ts'
import { p90Bars } from '../../src/terminal/report/bars.ts'
import { summarize } from '../../src/terminal/report/summary.ts'
import { resultTable } from '../../src/terminal/report/table.ts'

function result(name: string, p90: number, more: Partial<PeerResult> = {}): PeerResult {
  const times = { p50: 1, p90, p99: 2 * p90, max: 3 * p90 }
  return { name, requests: 100, ...times, dials: 9, dialsThatServedNobody: 2, errors: 0, ...more }
}

const peers = (agent: number, undici: number) => [result('A', agent), result('B', undici)]

test('the sentence says by how much late binding is ahead', () => {
  expect(summarize(result('ours', 10), peers(208, 205))).toBe(
    '90 of 100 requests were done within 10.0 ms with late binding and within 208 ms with A and ' +
      '205 ms with B: 21 times and 21 times as long.',
  )
})

test('the sentence does not claim what the figures do not show', () => {
  expect(summarize(result('ours', 10), peers(10.2, 9.9))).toMatch(/no difference worth the name\.$/)
  expect(summarize(result('ours', 30), peers(10, 12))).toMatch(/here late binding was slower\.$/)
  expect(summarize(result('ours', 10), peers(30, 5))).toMatch(/here it is not ahead of all\.$/)
})

test('the sentence counts failed requests, and compares nothing if one peer had no success', () => {
  const failed = result('ours', 10, { errors: 3 })

  expect(summarize(failed, peers(100, 100))).toMatch(/3 requests failed/)
  expect(summarize(result('ours', 0, { errors: 100 }), peers(9, 9))).toMatch(/nothing to compare/)
})

test('the longest bar is the longest time, and the shortest is still to be seen', () => {
  const lengths = p90Bars([result('A', 1_000), result('B', 500), result('ours', 1)])
    .split('\n')
    .slice(1)
    .map((line) => line.match(/█/g)?.length)

  expect(lengths).toEqual([50, 25, 1])
})

test('the table has a line for each peer, and no colours', () => {
  const table = resultTable([result('A', 208.123)])

  expect(table).toContain('│ A │      100 │    1.0 │  208.1 │  416.2 │')
  expect(table).not.toContain('\u001b')
})
