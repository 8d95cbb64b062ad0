import { createHook } from 'node:async_hooks'
import { onTestFinished } from 'vitest'

const events = ['warning', 'uncaughtExceptionMonitor', 'unhandledRejection'] as const

/** Collects what the process complains of until the test is over: warnings, and errors that nobody caught. */
export function watchProcess(): () => readonly string[] {
  const seen: string[] = []
  const note = (what: unknown): void => void seen.push(String(what))
  for (const event of events) process.on(event as 'warning', note)
  onTestFinished(() => {
    for (const event of events) process.off(event, note)
  })
  return () => seen
}

/** The timers and handles by kind that keep this process alive. */
export function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** Counts the timers that are armed from now on and not over, those included that keep nothing alive. */
export function watchTimers(): () => number {
  const live = new Set<number>()
  const hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout') live.add(id)
    },
    destroy: (id) => live.delete(id),
  }).enable()
  onTestFinished(() => void hook.disable())
  return () => live.size
}
