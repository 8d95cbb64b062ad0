export const axisFont = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

export const latencyTicks: readonly number[] = [1, 10, 100, 1_000, 10_000, 100_000]

export function tickLabel(ms: number): string {
  return ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`
}
