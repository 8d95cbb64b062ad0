import { microtasks, pause, turns } from './host.ts'
import type { Trial } from './trial.ts'
import type { TrialDial } from './trial-dial.ts'

/** Within this many turns of the event loop an aborted dial has settled. */
export const PROMPT_TURNS = 2

const MICROTASKS = 12
const TURNS = 30
/** No dial of a target that answers is expected to take longer. */
const MAX_MS = 5_000

/** Ever later moments of a dial: its first microtasks, then turns, then times, in growing steps. */
function* moments(): Generator<{ name: string; come(): Promise<void> }> {
  for (let count = 0; count < MICROTASKS; count++) {
    yield { name: `after ${count} microtasks`, come: () => microtasks(count) }
  }
  for (let count = 1; count < TURNS; count = grown(count)) {
    yield { name: `after ${count} turns`, come: () => turns(count) }
  }
  for (let ms = 1; ms < MAX_MS; ms = grown(ms)) {
    yield { name: `after ${ms} ms`, come: () => pause(ms) }
  }
}

function grown(step: number): number {
  return Math.ceil(step * 1.5)
}

/**
 * Begins dial after dial of a target that answers, and aborts each a little later than the one
 * before, until one has settled before its abort. `judge` sees each two turns after the abort.
 */
export async function abortAtEveryMoment<Target, Conn extends object>(
  t: Trial<Target, Conn>,
  reason: unknown,
  judge: (dial: TrialDial<Conn>, moment: string) => unknown,
): Promise<void> {
  for (const { name, come } of moments()) {
    const dial = t.dial()
    await come()
    const isOver = dial.settled !== undefined
    dial.abort(reason)
    await turns(PROMPT_TURNS)
    if (isOver) return t.closeLeft(dial)
    await judge(dial, name)
  }
}
