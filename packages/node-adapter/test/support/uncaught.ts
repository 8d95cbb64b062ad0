import { onTestFinished } from 'vitest'

/** From here on uncaught errors are the test's own to look at, until it is over. */
export function collectUncaught(): unknown[] {
  const uncaught: unknown[] = []
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (thrown) => uncaught.push(thrown))
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException')
    for (const listener of listeners) process.on('uncaughtException', listener)
  })
  return uncaught
}
