import type { Ending } from '../fold/winners.ts'
import type { Point } from './geometry.ts'
import type { Palette } from './palette.ts'
import { drawShape, shapeOfEnding } from './shapes.ts'

const flightMs = 260
const maxFlights = 240

interface Flight {
  readonly from: Point
  /** Asked with every frame: what it flies to may be given another place meanwhile. */
  readonly to: () => Point
  readonly ending: Ending
  readonly startedAt: number
}

/** Wants on their way to the connection that they got. */
export class Flights {
  #flights: Flight[] = []

  get any(): boolean {
    return this.#flights.length > 0
  }

  start(ending: Ending, from: Point, to: () => Point, now: number): void {
    if (this.#flights.length < maxFlights) this.#flights.push({ from, to, ending, startedAt: now })
  }

  paint(ctx: CanvasRenderingContext2D, palette: Palette, now: number): void {
    if (!this.any) return
    this.#flights = this.#flights.filter(({ startedAt }) => now - startedAt < flightMs)
    for (const flight of this.#flights) paintFlight(ctx, flight, palette, now)
    ctx.globalAlpha = 1
  }
}

function paintFlight(
  ctx: CanvasRenderingContext2D,
  { from, to: goal, ending, startedAt }: Flight,
  palette: Palette,
  now: number,
): void {
  const to = goal()
  const progress = Math.max(0, (now - startedAt) / flightMs)
  const tail = between(from, to, eased(progress - 0.18))
  const head = between(from, to, eased(progress))
  const color = palette[ending]
  ctx.strokeStyle = color
  ctx.fillStyle = color
  ctx.lineWidth = 1.5
  ctx.globalAlpha = 0.35
  ctx.beginPath()
  ctx.moveTo(tail.x, tail.y)
  ctx.lineTo(head.x, head.y)
  ctx.stroke()
  ctx.globalAlpha = progress > 0.8 ? (1 - progress) / 0.2 : 1
  drawShape(ctx, shapeOfEnding[ending], head, 4.5)
}

/** Quick off the mark, gentle at the end. */
function eased(progress: number): number {
  return 1 - (1 - Math.max(0, Math.min(1, progress))) ** 3
}

function between(a: Point, b: Point, share: number): Point {
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
}
