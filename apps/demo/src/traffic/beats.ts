import type { Shape } from '../levers.ts'

/** Requests that begin together. */
export interface Beat {
  /** From the beat before, in ms. */
  readonly afterMs: number
  readonly size: number
  /** A new round: bursts begin small again, connections are cold. */
  readonly beginsRound: boolean
}

const burstSizes = [5, 10, 15, 20, 25, 30, 35, 40]
const burstEveryMs = 400
/** Longer than an idle connection is kept. */
const restMs = 3_000

/** No shorter pauses than this: what is due earlier begins together. */
const finestMs = 10

/** The plan of traffic, without an end. Both arguments may change on the way. */
export function* beats(shape: () => Shape, perSecond: () => number): Generator<Beat, never> {
  let isFirst = true
  while (true) {
    if (shape() === 'steady') yield steadyBeat(perSecond(), isFirst)
    else yield* round(isFirst)
    isFirst = false
  }
}

function steadyBeat(perSecond: number, beginsRound: boolean): Beat {
  const size = Math.max(1, Math.round((perSecond * finestMs) / 1_000))
  return { afterMs: (size * 1_000) / perSecond, size, beginsRound }
}

/** Bursts that grow evenly, so that each needs a few connections more than the last one has left. */
function* round(isFirst: boolean): Generator<Beat> {
  for (const [i, size] of burstSizes.entries()) {
    const pause = isFirst ? 0 : restMs
    yield { afterMs: i === 0 ? pause : burstEveryMs, size, beginsRound: i === 0 }
  }
}
