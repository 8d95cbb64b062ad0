import { expect, test } from 'vitest'
import { runChild } from './child.ts'

const left = runChild<Record<string, string[]>>('kept-links.mjs')
left.catch(() => {})

async function of(run: string): Promise<Record<string, string[]>> {
  const own = Object.entries(await left).filter(([name]) => name.startsWith(run))
  return Object.fromEntries(own)
}

function nothing(run: string, ...names: string[]): Record<string, string[]> {
  return Object.fromEntries(names.map((name) => [`${run}: ${name}`, []]))
}

const endings = [
  'discarded',
  'detached',
  'closed by its peer while leased',
  'closed by its peer while idle',
  'drained',
  'too long idle',
  'close-idle',
  'destroyed',
]

const timeout = 120_000

test('158: a link that an adapter keeps for ever keeps no connection that has ended', {
  timeout,
}, async () => {
  expect(await of('keptLink:')).toEqual(nothing('keptLink', ...endings))
})

test('158: a link that an adapter keeps for ever keeps no pool that was closed and dropped', {
  timeout,
}, async () => {
  const run = 'keptLinkOfClosedPool'
  expect(await of(run)).toEqual(nothing(run, ...endings))
})

test('158: a link whose dial has failed, or hangs, keeps no pool that was closed and dropped', {
  timeout,
}, async () => {
  const run = 'keptLinkOfDial'
  expect(await of(run)).toEqual(
    nothing(
      run,
      'rejected',
      'aborted and hung',
      'timed out and hung',
      'aborted, then resolved',
      'hung when the pool closed',
    ),
  )
})

test('158: a lease that has ended, or is of no more use, keeps no pool', { timeout }, async () => {
  const run = 'keptLease'
  expect(await of(run)).toEqual(
    nothing(
      run,
      'released',
      'discarded',
      'detached',
      'not ended, but lost',
      'not ended, but the pool destroyed',
      'not ended, then of no more use',
    ),
  )
})

test('159, 164: an aborted dial that never settles keeps neither its target nor its want', {
  timeout,
}, async () => {
  expect(await of('hungDial')).toEqual({ hungDial: [] })
})
