/** What the delays of one run come to. */
export interface Delays {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export function summarize(ms: readonly number[]): Delays {
  const sorted = [...ms].sort((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) ?? Number.NaN }
}
