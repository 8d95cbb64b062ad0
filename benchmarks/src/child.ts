// Measures one case, tells the parent, and ends.

import type { Order } from './harness/run-case.ts'
import { suites } from './suites.ts'

process.once('message', async (message) => {
  const { figure, caseName, work } = message as Order
  const found = suites
    .flatMap(({ figures }) => figures)
    .find(({ name }) => name === figure)
    ?.cases.find(({ name }) => name === caseName)
  if (found === undefined) throw new Error(`no such case: ${figure}, ${caseName}`)
  const sample = await found.measure(work)
  // Pools and their timers are still there: the process does not wait for them.
  process.send?.(sample, () => process.exit(0))
})
process.once('disconnect', () => process.exit(1))
