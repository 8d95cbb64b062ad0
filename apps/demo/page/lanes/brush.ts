import type { Box } from './geometry.ts'
import type { Palette } from './palette.ts'

/** What painting a lane needs to know. */
export interface Brush {
  readonly ctx: CanvasRenderingContext2D
  readonly palette: Palette
  /** Time of the show. */
  readonly t: number
  /** Time of the wall, for what moves. */
  readonly now: number
  /** Nothing moves. */
  readonly calm: boolean
}

const sans = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'

export const titleFont = `600 13px ${sans}`
export const smallFont = `11px ${sans}`

export function text(
  ctx: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  { color, font, align = 'left' }: { color: string; font: string; align?: CanvasTextAlign },
): void {
  ctx.font = font
  ctx.fillStyle = color
  ctx.textAlign = align
  ctx.textBaseline = 'middle'
  ctx.fillText(words, x, y)
}

export function roundBox(ctx: CanvasRenderingContext2D, { x, y, w, h }: Box, r: number): void {
  ctx.beginPath()
  ctx.roundRect(x, y, w, h, Math.min(r, w / 2, h / 2))
}

/** So that a line of one pixel is one pixel. */
export function inset({ x, y, w, h }: Box, by: number): Box {
  return { x: x + by, y: y + by, w: Math.max(0, w - 2 * by), h: Math.max(0, h - 2 * by) }
}
