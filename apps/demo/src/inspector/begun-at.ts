/** Something that began and is not over. */
export interface Begun {
  readonly at: number
}

/** Times that a pool counted back from durations are the same but for rounding. */
const sameMs = 0.001

/**
 * Takes out of a list in order of time the one that began at `at`: the first of several, and if there
 * is none, the nearest. `undefined` if the list is empty.
 */
export function takeBegunAt<T extends Begun>(list: T[], at: number): T | undefined {
  let found = firstFrom(list, at - sameMs)
  const before = list[found - 1]
  const after = list[found]
  if (before !== undefined && (after === undefined || at - before.at < after.at - at)) found--
  return list.splice(found, 1)[0]
}

/** The index of the first that began at `at` or later: by halves, as lines may be long. */
function firstFrom(list: readonly Begun[], at: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle] as Begun).at < at) low = middle + 1
    else high = middle
  }
  return low
}
