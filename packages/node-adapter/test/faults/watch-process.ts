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
