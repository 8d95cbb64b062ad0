import type { Outcome } from './life.ts'
import { printPlay } from './print-play.ts'
import { simplify } from './simplify.ts'
import { SimulationError } from './simulation-error.ts'

const doesNotRepeat =
  '// Played again, this did not fail: something beside the script has a say in it.\n'

/** What is thrown for a failure: the simplest of its kind that can be found, as a play. */
export async function simulationError(
  failure: Outcome,
  seed: number | undefined,
): Promise<SimulationError> {
  const simplest = await simplify(failure)
  const play = await printPlay(simplest)
  const note = simplest === failure ? doesNotRepeat : ''
  return new SimulationError(
    simplest.fault?.message ?? '',
    seed,
    note + play,
    simplest.script.length,
  )
}
