import type { PeerResult } from '../drive.ts'

/** Less of a difference than this may be chance. */
const noticeable = 1.1

/**
 * What the figures say, in one sentence, whoever is ahead.
 *
 * @param ours the peer that binds late
 * @param others those that do not
 */
export function summarize(ours: PeerResult, others: readonly PeerResult[]): string {
  const all = [ours, ...others]
  if (all.some(hasNoSuccess))
    return 'Not every peer had a request that succeeded, so there is nothing to compare.'
  const sentence = compareP90(ours, others)
  const errors = all.reduce((sum, result) => sum + result.errors, 0)
  return errors === 0
    ? sentence
    : `${sentence} ${errors} requests failed and are not in these figures.`
}

function compareP90(ours: PeerResult, others: readonly PeerResult[]): string {
  const theirs = join(others.map(({ name, p90 }) => `${ms(p90)} with ${name}`))
  const within = `90 of 100 requests were done within ${ms(ours.p90)} with late binding and within ${theirs}`
  const factors = others.map(({ p90 }) => p90 / ours.p90)
  if (factors.every((factor) => factor >= noticeable)) {
    return `${within}: ${join(factors.map(times))} as long.`
  }
  if (factors.every((factor) => factor > 1 / noticeable && factor < noticeable)) {
    return `${within}: no difference worth the name.`
  }
  if (factors.every((factor) => factor <= 1 / noticeable)) {
    return `${within}: here late binding was slower.`
  }
  return `${within}: here it is not ahead of all.`
}

function hasNoSuccess({ requests, errors }: PeerResult): boolean {
  return requests === errors
}

function ms(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`
}

function times(factor: number): string {
  return `${factor < 10 ? factor.toFixed(1) : Math.round(factor)} times`
}

function join(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
