import { expect, test } from 'vitest'
import { headline } from '../../page/race/headline.ts'
import type { Contender, ContenderId } from '../../src/protocol.ts'
import { figures } from './support/events.ts'

const contenders: readonly Contender[] = [
  { id: 'agent', name: 'http.Agent', note: '' },
  { id: 'undici', name: 'undici', note: '' },
  { id: 'ours', name: 'wantconn', note: '' },
]

function said(p90: Record<ContenderId, number>, count = 100): string {
  const all = Object.entries(p90).map(([id, ms]) => {
    const recent = { count, p50: 1, p90: ms, p99: 2 * ms, max: 3 * ms }
    return [id, figures(id as ContenderId, { recent })] as const
  })
  return headline(contenders, new Map(all), 'recent')
}

test('it says by how much ours is ahead, of the better of the two', () => {
  expect(said({ agent: 208, undici: 120, ours: 12 })).toMatch(/at least 10 times as long/)
})

test('it does not claim what the figures do not show', () => {
  expect(said({ agent: 12, undici: 12.5, ours: 12 })).toMatch(/no difference worth the name/)
  expect(said({ agent: 15, undici: 200, ours: 12 })).not.toMatch(/times|no difference|not ahead/)
  expect(said({ agent: 208, undici: 5, ours: 12 })).toMatch(/late binding is not ahead/)
})

test('it claims nothing of a few answers', () => {
  expect(said({ agent: 208, undici: 208, ours: 12 }, 29)).toMatch(/Waiting/)
})

test('ours alone races against nobody', () => {
  expect(headline(contenders.slice(2), new Map(), 'recent')).toMatch(/alone/)
})
