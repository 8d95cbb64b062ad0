import { spawnSync } from 'node:child_process'
import { isOnPath } from './on-path.ts'

/**
 * Keeps this process on one processor and another one on the rest, where Linux's `taskset` can.
 *
 * A process that is moved to and fro finds its caches cold, and one that is put beside its server
 * waits for it: without this, single runs of one and the same differ by half.
 */
export function keepApartFrom(pid: number): void {
  if (!isOnPath('taskset')) return
  const [own, ...rest] = processorsOf(process.pid)
  if (own === undefined || rest.length === 0) return
  keepOn([own], process.pid)
  keepOn(rest, pid)
}

/** None, if that cannot be said. */
function processorsOf(pid: number): readonly number[] {
  const { stdout } = spawnSync('taskset', ['-c', '-p', String(pid)], { encoding: 'utf8' })
  return processorsIn(/: ([\d,-]+)\s*$/.exec(stdout)?.[1] ?? '')
}

/** As the kernel writes them: `0-2,5`. */
export function processorsIn(list: string): readonly number[] {
  if (list === '') return []
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

function keepOn(processors: readonly number[], pid: number): void {
  spawnSync('taskset', ['-c', '-p', processors.join(), String(pid)])
}
