/**
 * The shortest list that still fails in the same way, as far as leaving members out can tell:
 * delta debugging (Zeller and Hildebrandt, 2002). First halves are left out, then quarters, and so
 * on down to single members; it is done when none of those can be spared.
 */
export async function shortest<T>(
  members: readonly T[],
  stillFails: (members: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = members
  let size = Math.ceil(kept.length / 2)
  while (size >= 1 && kept.length > 0) {
    const shorter = await without(kept, size, stillFails)
    if (shorter.length === kept.length) {
      if (size === 1) break
      size = Math.ceil(size / 2)
    }
    kept = shorter
    size = Math.min(size, Math.max(1, kept.length))
  }
  return kept
}

/** Leaves out each run of so many members that it can, the last ones first: most fails near its end. */
async function without<T>(
  members: readonly T[],
  size: number,
  stillFails: (members: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let kept = members
  for (let end = kept.length; end > 0; end -= size) {
    const rest = [...kept.slice(0, Math.max(0, end - size)), ...kept.slice(end)]
    if (rest.length < kept.length && (await stillFails(rest))) kept = rest
  }
  return kept
}
