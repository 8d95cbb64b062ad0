export interface Box {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** A lane from left to right: who waits, what is dialed, which connections there are. */
export interface Zones {
  readonly line: Box
  readonly dials: Box
  readonly conns: Box
  /** Beside one another; else one below the other. */
  readonly wide: boolean
}

/** Above each zone is its name. */
export const titleHeight = 24
/** Below the dials is a scale of time. */
export const scaleHeight = 18

const wideFrom = 520
const smallest = { width: 200, height: 100 }
const zoneGap = 28
/** So that a ring around what is at the edge is not cut off. */
const margin = 4

export function zonesOf(width: number, height: number): Zones {
  // Before the page is laid out there is no size yet.
  const w = Math.max(width, smallest.width)
  const h = Math.max(height, smallest.height)
  return w >= wideFrom ? beside(w, h) : below(w, h)
}

function beside(width: number, height: number): Zones {
  const room = width - 2 * zoneGap - margin
  const line = Math.round(room * 0.2)
  const dials = Math.round(room * 0.3)
  const y = titleHeight + margin
  const h = height - y - margin
  return {
    line: { x: 0, y, w: line, h },
    dials: { x: line + zoneGap, y, w: dials, h: h - scaleHeight },
    conns: { x: line + dials + 2 * zoneGap, y, w: room - line - dials, h },
    wide: true,
  }
}

function below(width: number, height: number): Zones {
  const x = margin
  const w = width - 2 * margin
  const room = height - 3 * (titleHeight + margin) - scaleHeight
  const line = Math.round(room * 0.16)
  const dials = Math.round(room * 0.32)
  const lineY = titleHeight + margin
  const dialsY = lineY + line + titleHeight + margin
  const connsY = dialsY + dials + scaleHeight + titleHeight
  return {
    line: { x, y: lineY, w, h: line },
    dials: { x, y: dialsY, w, h: dials },
    conns: { x, y: connsY, w, h: room - line - dials },
    wide: false,
  }
}

/** Cells of one size, as many as have room. */
export interface Grid {
  readonly box: Box
  readonly tier: number
  readonly w: number
  readonly h: number
  readonly gap: number
  readonly cols: number
  readonly rows: number
}

/** A size that cells may have. A width of 0 is that of the whole box. */
export interface CellSize {
  readonly w: number
  readonly h: number
  readonly gap: number
}

/**
 * The largest cells that all have room. Once they had to shrink they grow again only when there is
 * room to spare, so that a number that goes up and down does not make everything jump.
 */
export function gridFor(
  box: Box,
  count: number,
  sizes: readonly CellSize[],
  current: number = 0,
): Grid {
  const grids = sizes.map((size, tier) => gridOf(box, size, tier))
  const last = grids.at(-1) as Grid
  const fit = grids.find((grid) => roomIn(grid) >= count) ?? last
  if (fit.tier >= current) return fit
  const roomy = grids.find((grid) => roomIn(grid) >= count * 1.5 + 1)
  return grids[Math.min(current, roomy?.tier ?? current)] ?? last
}

function gridOf(box: Box, size: CellSize, tier: number): Grid {
  const { h, gap } = size
  const w = size.w === 0 ? box.w : Math.min(size.w, box.w)
  const cols = Math.max(1, Math.floor((box.w + gap) / (w + gap)))
  const rows = Math.max(1, Math.floor((box.h + gap) / (h + gap)))
  return { box, tier, w, h, gap, cols, rows }
}

export function roomIn(grid: Grid): number {
  return grid.cols * grid.rows
}

/** Row after row from the top left. */
export function cellAt({ box, w, h, gap, cols }: Grid, i: number): Box {
  const col = i % cols
  const row = Math.floor(i / cols)
  return { x: box.x + col * (w + gap), y: box.y + row * (h + gap), w, h }
}

/** Column after column from the top right: the front of a line that moves to the right. */
export function lineAt({ box, w, h, gap, rows }: Grid, i: number): Point {
  const col = Math.floor(i / rows)
  const row = i % rows
  return {
    x: box.x + box.w - w / 2 - col * (w + gap),
    y: box.y + h / 2 + row * (h + gap),
  }
}

export function centerOf({ x, y, w, h }: Box): Point {
  return { x: x + w / 2, y: y + h / 2 }
}

export function holds({ x, y, w, h }: Box, at: Point, margin: number = 0): boolean {
  const inX = at.x >= x - margin && at.x <= x + w + margin
  return inX && at.y >= y - margin && at.y <= y + h + margin
}

/** How far along its track a dial of this age is, from 0 to 1: a logarithmic scale up to ten seconds. */
export function dialReach(ageMs: number): number {
  return Math.min(1, Math.log1p(Math.max(0, ageMs) / 5) / Math.log1p(10_000 / 5))
}
