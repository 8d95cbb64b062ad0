/** The longest that a timer of Node can wait: about 25 days. */
const longestMs = 2 ** 31 - 1

/**
 * Runs a step that a signal or the passing of time may end.
 *
 * The step is given a signal of its own. When that aborts, it must settle at once, having let go of
 * what it had opened; so nothing is left behind when this settles, in whatever way.
 */
export async function withDeadline<T>(
  signal: AbortSignal,
  ms: number,
  run: (signal: AbortSignal) => PromiseLike<T>,
): Promise<T> {
  signal.throwIfAborted()
  const step = new AbortController()
  const onAbort = (): void => step.abort(signal.reason)
  signal.addEventListener('abort', onAbort)
  const timer = startTimer(ms, () => step.abort(timedOut(ms)))
  try {
    return await run(step.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/** `Infinity`, and what is too far away for a timer: never. */
export function startTimer(ms: number, run: () => void): NodeJS.Timeout | undefined {
  return ms > longestMs ? undefined : setTimeout(run, ms)
}

function timedOut(ms: number): Error {
  return Object.assign(new Error(`not done within ${ms} ms`), { code: 'ETIMEDOUT' })
}
