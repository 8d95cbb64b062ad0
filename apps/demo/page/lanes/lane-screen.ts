import type { PoolEvent } from '../../src/protocol.ts'
import type { Lane } from '../../src/stage-state.ts'
import type { Show } from '../fold/show.ts'
import { onEvents, selected } from '../state.ts'
import { calm, palette } from '../theme.ts'
import type { Box, Point } from './geometry.ts'
import { LanePainter } from './lane-painter.ts'
import { type Direction, nextBox } from './walk.ts'

/** How often a lane is painted for those who want nothing to move. */
const calmMs = 500

/** The canvas of a lane: painted once a frame, when there is anything new, and pointed at. */
export class LaneScreen {
  readonly #canvas: HTMLCanvasElement
  readonly #lane: Lane
  readonly #show: Show
  readonly #painter: LanePainter
  readonly #observer: ResizeObserver
  readonly #stop: () => void
  #width = 1
  #height = 1
  #paintedAt = 0
  #paintedT = -1
  #isRestless = true
  #colors: unknown
  #choice: unknown
  #waitingEvents: PoolEvent[] = []
  /** Where the chosen thing was last: from there the arrow keys go on when it is gone. */
  #place: Box | undefined

  constructor(canvas: HTMLCanvasElement, lane: Lane, show: Show) {
    this.#canvas = canvas
    this.#lane = lane
    this.#show = show
    this.#measure()
    this.#painter = new LanePainter(lane, this.#width, this.#height)
    this.#observer = new ResizeObserver(() => {
      this.#measure()
      this.#painter.scene.resize(this.#width, this.#height)
    })
    this.#observer.observe(canvas.parentElement ?? canvas)
    this.#stop = onEvents((events) => this.#frame(events))
  }

  end(): void {
    this.#stop()
    this.#observer.disconnect()
  }

  press(event: PointerEvent): void {
    selected.value = this.#painter.scene.at(pointOf(event))?.thing
  }

  hover(event: PointerEvent): void {
    const isOver = this.#painter.scene.at(pointOf(event)) !== undefined
    this.#canvas.style.cursor = isOver ? 'pointer' : 'default'
  }

  /** Something is chosen when the keyboard gets here. */
  enter(): void {
    if (selected.peek() === undefined) this.jump('Home')
  }

  jump(to: 'Home' | 'End'): void {
    const placed = [...this.#painter.scene.placed()]
    selected.value = placed.at(to === 'Home' ? 0 : -1)?.thing
  }

  walk(direction: Direction): void {
    const from = this.#chosenBox() ?? this.#place
    if (from === undefined) this.jump('Home')
    else this.#walkFrom(from, direction)
  }

  #walkFrom(from: Box, direction: Direction): void {
    const placed = [...this.#painter.scene.placed()]
    const boxes = placed.map(({ box }) => box)
    const next = nextBox(boxes, from, direction)
    if (next !== undefined) selected.value = placed[next]?.thing
  }

  #chosenBox(): Box | undefined {
    const thing = selected.peek()
    const box = thing && this.#painter.scene.boxOf(thing)
    if (box !== undefined) this.#place = box
    return box
  }

  #measure(): void {
    const { clientWidth, clientHeight } = this.#canvas.parentElement ?? this.#canvas
    const scale = Math.min(2, devicePixelRatio || 1)
    this.#width = Math.max(1, clientWidth)
    this.#height = Math.max(1, clientHeight)
    this.#canvas.width = Math.round(this.#width * scale)
    this.#canvas.height = Math.round(this.#height * scale)
    this.#canvas.getContext('2d')?.setTransform(scale, 0, 0, scale, 0, 0)
    this.#isRestless = true
  }

  #frame(events: readonly PoolEvent[]): void {
    const now = performance.now()
    if (calm.peek()) {
      this.#waitingEvents.push(...events)
      if (now - this.#paintedAt < calmMs) return
      this.#notice(this.#waitingEvents, now)
      this.#waitingEvents = []
    } else if (events.length > 0) this.#notice(events, now)
    if (this.#isStale()) this.#paint(now)
  }

  #notice(events: readonly PoolEvent[], now: number): void {
    this.#painter.notice(events, this.#lane, now, calm.peek())
    this.#isRestless = true
  }

  #isStale(): boolean {
    const isSame =
      this.#show.t === this.#paintedT &&
      palette.peek() === this.#colors &&
      selected.peek() === this.#choice
    return this.#isRestless || !isSame
  }

  #paint(now: number): void {
    const ctx = this.#canvas.getContext('2d')
    if (ctx === null) return
    this.#paintedAt = now
    this.#paintedT = this.#show.t
    this.#colors = palette.peek()
    this.#choice = selected.peek()
    ctx.clearRect(0, 0, this.#width, this.#height)
    const brush = { ctx, palette: palette.peek(), t: this.#show.t, now, calm: calm.peek() }
    const { stories } = this.#show
    this.#isRestless = this.#painter.paint(brush, this.#lane, stories, this.#chosenBox())
  }
}

function pointOf({ offsetX, offsetY }: PointerEvent): Point {
  return { x: offsetX, y: offsetY }
}
