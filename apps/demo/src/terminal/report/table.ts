import Table from 'cli-table3'
import type { PeerResult } from '../drive.ts'

const columns = [
  '',
  'requests',
  'p50 ms',
  'p90 ms',
  'p99 ms',
  'max ms',
  'dials',
  'served nobody',
  'errors',
]

export function resultTable(results: readonly PeerResult[]): string {
  const table = new Table({
    head: columns,
    colAligns: columns.map((column) => (column === '' ? 'left' : 'right')),
    style: { head: [], border: [] },
  })
  for (const result of results) table.push(rowOf(result))
  return table.toString()
}

function rowOf(result: PeerResult): string[] {
  const { name, requests, p50, p90, p99, max, dials, dialsThatServedNobody, errors } = result
  return [
    name,
    String(requests),
    ...[p50, p90, p99, max].map((ms) => ms.toFixed(1)),
    String(dials),
    String(dialsThatServedNobody),
    String(errors),
  ]
}
