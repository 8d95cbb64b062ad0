import { median } from './median.ts'

/** Frees what nobody holds. Children run with `--expose-gc`. */
export function collect(): void {
  if (globalThis.gc === undefined) throw new Error('memory is measured with --expose-gc only')
  // What finalizers and weak references let go in one pass is freed by the next.
  globalThis.gc()
  globalThis.gc()
}

/** Bytes of heap that are still held after `make`, for each of the `count` things it makes. */
export async function heldBytesEach(
  count: number,
  make: () => void | Promise<void>,
): Promise<number> {
  collect()
  const before = process.memoryUsage().heapUsed
  await make()
  collect()
  return (process.memoryUsage().heapUsed - before) / count
}

/**
 * Bytes allocated by each turn of a loop, garbage or not.
 *
 * Between two collections the young generation only grows, by exactly what is allocated. So the
 * runs are small enough to end before it is full, and what a run of 2 n turns allocates beyond a
 * run of n turns belongs to n turns: what looking at the heap allocates itself cancels out.
 */
export function allocatedBytesEach(turns: number, run: (turns: number) => void): number {
  const allocated = (n: number): number => {
    collect()
    const before = process.memoryUsage().heapUsed
    run(n)
    return process.memoryUsage().heapUsed - before
  }
  const all = Array.from({ length: 11 }, () => (allocated(2 * turns) - allocated(turns)) / turns)
  return median(all)
}
