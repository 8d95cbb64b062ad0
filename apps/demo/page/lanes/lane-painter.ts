import type { ConnState, PoolEvent } from '../../src/protocol.ts'
import type { Lane } from '../../src/stage-state.ts'
import type { Stories } from '../fold/stories.ts'
import { type Brush, inset, roundBox, smallFont, text, titleFont } from './brush.ts'
import { Flights } from './flights.ts'
import { type Box, centerOf, roomIn } from './geometry.ts'
import { ConnsPainter } from './paint-conns.ts'
import { paintDials } from './paint-dials.ts'
import { LinePainter } from './paint-line.ts'
import { Scene } from './scene.ts'

/** Reasons of the pool's own housekeeping; a connection closed for any other was lost. */
const orderly = new Set([
  'idle-timeout',
  'lifetime',
  'max-uses',
  'max-idle',
  'max-idle-per-key',
  'evicted',
  'reuse-off',
  'drained',
  'close-idle',
  'pool-closed',
  'dial-unwanted',
])

/** Paints one lane of the pool. */
export class LanePainter {
  readonly scene: Scene
  readonly #line = new LinePainter()
  readonly #conns = new ConnsPainter()
  readonly #flights = new Flights()

  constructor(lane: Lane, width: number, height: number) {
    this.scene = new Scene(lane, width, height)
  }

  /** What has happened since the last painting, before the next one. */
  notice(events: readonly PoolEvent[], lane: Lane, now: number, calm: boolean): void {
    for (const event of events) if (event.lane === lane.lane) this.#notice(event, now, calm)
    this.scene.arrange(lane)
  }

  /** True if it has to be painted again even when nothing more happens. */
  paint(brush: Brush, lane: Lane, stories: Stories, selected: Box | undefined): boolean {
    const { ctx, palette, now } = brush
    this.#paintTitles(brush, lane)
    const isMoving = this.#line.paint(brush, this.scene, lane)
    paintDials(brush, this.scene, lane, stories)
    const isFading = this.#conns.paint(brush, this.scene, lane)
    this.#flights.paint(ctx, palette, now)
    if (selected !== undefined) paintSelection(brush, selected)
    return isMoving || isFading || this.#flights.any
  }

  #notice(event: PoolEvent, now: number, calm: boolean): void {
    if (event.type === 'got') {
      this.#conns.used(event.conn, event.by, now)
      if (!calm) this.#fly(event, now)
    } else if (event.type === 'closed') {
      const box = this.scene.leave(event)
      if (box !== undefined) this.#conns.closed(box, !orderly.has(event.reason), now)
    } else if (event.type === 'dialed') {
      this.scene.leave(event)
    } else if (event.type === 'want-failed' && !calm) {
      const from = this.#line.placeOf(event.want) ?? this.scene.front
      const { h } = this.scene.zones.line
      const to = { x: from.x, y: from.y + h / 3 }
      this.#flights.start('failed', from, () => to, now)
    }
  }

  #fly(event: Extract<PoolEvent, { type: 'got' }>, now: number): void {
    const from = this.#line.placeOf(event.want) ?? this.scene.front
    let to = centerOf(this.scene.connBox(event.conn))
    const goal = () => {
      const box = this.scene.boxOf({ kind: 'conn', id: event.conn })
      if (box !== undefined) to = centerOf(box)
      return to
    }
    this.#flights.start(event.by, from, goal, now)
  }

  #paintTitles(brush: Brush, lane: Lane): void {
    const { line, dials, conns } = this.scene.zones
    const { waiting } = lane
    const room = roomIn(this.scene.wants)
    const more = waiting.size > room ? `, ${room} shown` : ''
    paintTitle(brush, line, 'In line', `${waiting.size}${more}`)
    paintTitle(brush, dials, 'Dials', `${lane.dials.size}`)
    const leased = countLeased(lane.conns.values())
    const words = `${leased} leased, ${lane.conns.size - leased} idle`
    paintTitle(brush, conns, this.scene.shared ? 'Sessions' : 'Connections', words)
  }
}

function paintTitle({ ctx, palette }: Brush, box: Box, name: string, words: string): void {
  const y = box.y - 16
  text(ctx, name, box.x, y, { color: palette.ink, font: titleFont })
  const x = box.x + ctx.measureText(name).width + 8
  text(ctx, words, x, y + 0.5, { color: palette.muted, font: smallFont.replace('11', '13') })
}

function paintSelection({ ctx, palette }: Brush, box: Box): void {
  ctx.strokeStyle = palette.ink
  ctx.lineWidth = 2
  roundBox(ctx, inset(box, -3.5), 7)
  ctx.stroke()
}

export function countLeased(conns: Iterable<ConnState>): number {
  let leased = 0
  for (const conn of conns) if (conn.state === 'leased') leased++
  return leased
}
