import type { PeerResult } from '../drive.ts'

const width = 50

/** The p90 of each as a bar, the longest over the whole width. */
export function p90Bars(results: readonly PeerResult[]): string {
  const longest = Math.max(...results.map(({ p90 }) => p90))
  const nameWidth = Math.max(...results.map(({ name }) => name.length))
  const lines = results.map(({ name, p90 }) => {
    const length = longest > 0 ? Math.max(1, Math.round((p90 / longest) * width)) : 0
    return `  ${name.padEnd(nameWidth)}  ${'█'.repeat(length)} ${p90.toFixed(1)} ms`
  })
  return ['90 of 100 requests were done within', ...lines].join('\n')
}
