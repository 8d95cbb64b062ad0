import { type Box, centerOf } from './geometry.ts'

export type Direction = 'left' | 'right' | 'up' | 'down'

/**
 * The box next to `from` in a direction: the nearest, where being out of line counts twice. Where
 * nothing lies in that direction, the one before or after it in their order, as at the end of a
 * line of text: so the keys get to every box. Returns its index, `undefined` at either end.
 */
export function nextBox(
  boxes: readonly Box[],
  from: Box,
  direction: Direction,
): number | undefined {
  let best: number | undefined
  let shortest = Number.POSITIVE_INFINITY
  for (const [i, box] of boxes.entries()) {
    const distance = distanceTo(box, from, direction)
    if (distance >= shortest) continue
    shortest = distance
    best = i
  }
  return best ?? nextInOrder(boxes, from, direction)
}

function nextInOrder(boxes: readonly Box[], from: Box, direction: Direction): number | undefined {
  const here = boxes.findIndex(({ x, y }) => x === from.x && y === from.y)
  if (here === -1) return undefined
  const next = direction === 'left' || direction === 'up' ? here - 1 : here + 1
  return next in boxes ? next : undefined
}

function distanceTo(box: Box, from: Box, direction: Direction): number {
  const a = centerOf(from)
  const b = centerOf(box)
  const [along, across] = {
    left: [a.x - b.x, a.y - b.y],
    right: [b.x - a.x, a.y - b.y],
    up: [a.y - b.y, a.x - b.x],
    down: [b.y - a.y, a.x - b.x],
  }[direction] as [number, number]
  return along < 1 ? Number.POSITIVE_INFINITY : along + 2 * Math.abs(across)
}
