import type { Contender, ContenderFigures, Latency } from '../../src/protocol.ts'
import { contenderLabel, duration } from '../story/words.ts'

export type Span = 'recent' | 'total'

/** Of fewer answers nothing is claimed. */
const enough = 30

/** One sentence about who is ahead, and by how much; it claims no more than the figures show. */
export function headline(
  contenders: readonly Contender[],
  figures: ReadonlyMap<string, ContenderFigures>,
  span: Span,
): string {
  const ours = figures.get('ours')?.[span]
  const others = contenders.filter(({ id }) => id !== 'ours')
  if (others.length === 0) return 'Ours alone: there is nobody to race against here.'
  const rivals = others.map(({ id }) => ({
    name: contenderLabel[id],
    latency: figures.get(id)?.[span],
  }))
  if (!isEnough(ours) || !rivals.every(({ latency }) => isEnough(latency))) {
    return 'Waiting for enough answers to compare.'
  }
  const times = rivals.map(({ name, latency }) => ({ name, p90: latency?.p90 ?? 0 }))
  return sentence(ours?.p90 ?? 0, times)
}

interface Rival {
  readonly name: string
  readonly p90: number
}

function sentence(ours: number, rivals: readonly Rival[]): string {
  const theirs = rivals.map(({ name, p90 }) => `${duration(p90)} with ${name}`).join(' and ')
  const facts = `9 of 10 requests are answered within ${duration(ours)} here, ${theirs}`
  const ratio = Math.min(...rivals.map(({ p90 }) => p90)) / Math.max(ours, 0.1)
  if (ratio >= 2) return `${facts}: at least ${Math.floor(ratio)} times as long.`
  if (ratio >= 1.15) return `${facts}.`
  if (ratio > 0.87) return `${facts}: no difference worth the name.`
  return `${facts}: here late binding is not ahead.`
}

function isEnough(latency: Latency | undefined): boolean {
  return (latency?.count ?? 0) >= enough
}
