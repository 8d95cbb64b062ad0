import type { Sample, Wanted } from '../harness/figure.ts'
import { times } from '../harness/format.ts'

/**
 * Ours beside the fastest of the others, after what two runs of the same agent differ by in the same
 * round: a difference within that is none.
 */
export function noSlower(what: string, value: string): Wanted {
  return {
    what: `${what}: ours / the faster peer, beyond the noise`,
    most: 1,
    of: (of) => {
      const at = (name: string): number => (of(name) as Sample)[value] ?? Number.NaN
      const [one, again] = [at('http.Agent'), at('http.Agent again')]
      const noise = Math.max(one, again) / Math.min(one, again)
      return at('HttpAgent') / Math.min(one, at('agentkeepalive')) / noise
    },
    show: times,
  }
}
