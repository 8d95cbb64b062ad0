import type { Batch, ContenderId, Mark, Point, Snapshot } from '../protocol.ts'

const maxPoints = 600
const maxMarks = 50

/** What was told last of all that is not an event, for who begins now. */
export function latestOf(
  batches: readonly Batch[],
): Pick<Snapshot, 'figures' | 'points' | 'marks' | 'stats'> {
  const stats = last(batches, 'stats')
  return {
    figures: last(batches, 'figures') ?? [],
    points: pointsOf(batches),
    marks: batches.flatMap(({ marks }): readonly Mark[] => marks ?? []).slice(-maxMarks),
    ...(stats && { stats }),
  }
}

function pointsOf(batches: readonly Batch[]): Snapshot['points'] {
  const points: Partial<Record<ContenderId, Point[]>> = {}
  for (const id of ['agent', 'undici', 'ours'] as const) {
    const all = batches.flatMap((batch) => batch.points?.[id] ?? [])
    if (all.length > 0) points[id] = all.slice(-maxPoints)
  }
  return points
}

function last<Name extends 'figures' | 'stats'>(
  batches: readonly Batch[],
  name: Name,
): Batch[Name] | undefined {
  for (let i = batches.length - 1; i >= 0; i--) {
    const value = batches[i]?.[name]
    if (value !== undefined) return value
  }
  return undefined
}
