// Measures one case, tells the parent, and ends.

import { figures as agentFigures } from './agent/figures.ts'
import { figures as coreFigures } from './core/figures.ts'
import type { Order } from './harness/run-case.ts'
import { figures as http2Figures } from './http2/figures.ts'
import { figures as simulateFigures } from './simulate/figures.ts'

process.once('message', async (message) => {
  const { figure, caseName, work } = message as Order
  const found = [...coreFigures, ...agentFigures, ...http2Figures, ...simulateFigures]
    .find(({ name }) => name === figure)
    ?.cases.find(({ name }) => name === caseName)
  if (found === undefined) throw new Error(`no such case: ${figure}, ${caseName}`)
  const sample = await found.measure(work)
  // Pools and their timers are still there: the process does not wait for them.
  process.send?.(sample, () => process.exit(0))
})
process.once('disconnect', () => process.exit(1))
