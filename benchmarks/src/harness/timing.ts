import { median } from './median.ts'

/** Runs before the clock counts, so that what is measured is optimised code. */
const WARM_UP = 5
const MEASURED = 9

/**
 * Processor time in ns since `start`, of all the threads of this process: collecting garbage
 * counts, waiting for a processor that others use does not.
 */
export function processorNs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) * 1_000
}

/** The median over some batches of ns for each of the `count` things that one batch does. */
export function nsEach(count: number, batch: () => void): number {
  for (let i = 0; i < WARM_UP; i++) batch()
  const all = Array.from({ length: MEASURED }, () => {
    const start = process.cpuUsage()
    batch()
    return processorNs(start) / count
  })
  return median(all)
}

/** The same for a batch that awaits. */
export async function nsEachAsync(count: number, batch: () => Promise<void>): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) await batch()
  const all: number[] = []
  for (let i = 0; i < MEASURED; i++) {
    const start = process.cpuUsage()
    await batch()
    all.push(processorNs(start) / count)
  }
  return median(all)
}
