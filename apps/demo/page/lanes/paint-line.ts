import type { Lane } from '../../src/stage-state.ts'
import type { Brush } from './brush.ts'
import { type Point, roomIn } from './geometry.ts'
import type { Scene } from './scene.ts'

/** A want that waits longer than this is late. */
const lateMs = 100

/** The wants in line move up smoothly; it remembers where they are. */
export class LinePainter {
  #places = new Map<number, Point>()

  /** Where a want was seen last. */
  placeOf(want: number): Point | undefined {
    return this.#places.get(want)
  }

  /** True while somebody is still moving. */
  paint(brush: Brush, scene: Scene, lane: Lane): boolean {
    const places = new Map<number, Point>()
    const room = roomIn(scene.wants)
    let place = 0
    let moving = false
    for (const { want, since } of lane.waiting.values()) {
      if (place >= room) break
      const goal = scene.wantPoint(place++)
      const at = this.#step(want, goal, brush.calm)
      moving ||= at.x !== goal.x || at.y !== goal.y
      places.set(want, at)
      paintWant(brush, at, scene.wants.w / 2, brush.t - since)
    }
    this.#places = places
    return moving
  }

  #step(want: number, goal: Point, calm: boolean): Point {
    const from = this.#places.get(want)
    if (from === undefined || calm) return goal
    const dx = goal.x - from.x
    const dy = goal.y - from.y
    if (Math.abs(dx) + Math.abs(dy) < 0.5) return goal
    return { x: from.x + dx * 0.3, y: from.y + dy * 0.3 }
  }
}

/** A late one is larger and ringed, and of another colour. */
function paintWant({ ctx, palette }: Brush, { x, y }: Point, r: number, waitedMs: number): void {
  const isLate = waitedMs > lateMs
  ctx.fillStyle = isLate ? palette.late : palette.muted
  ctx.beginPath()
  ctx.arc(x, y, isLate ? r : r * 0.72, 0, 2 * Math.PI)
  ctx.fill()
  if (!isLate || r < 4) return
  ctx.fillStyle = palette.panel
  ctx.beginPath()
  ctx.arc(x, y, r * 0.35, 0, 2 * Math.PI)
  ctx.fill()
}
