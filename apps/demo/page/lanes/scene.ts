import type { DialState, PoolEvent } from '../../src/protocol.ts'
import type { Lane } from '../../src/stage-state.ts'
import type { Thing } from '../fold/story.ts'
import {
  type Box,
  type CellSize,
  cellAt,
  dialReach,
  type Grid,
  gridFor,
  holds,
  lineAt,
  type Point,
  roomIn,
  type Zones,
  zonesOf,
} from './geometry.ts'
import { Slots } from './slots.ts'

const wantSizes: readonly CellSize[] = [
  { w: 14, h: 14, gap: 6 },
  { w: 11, h: 11, gap: 4 },
  { w: 8, h: 8, gap: 3 },
  { w: 5, h: 5, gap: 2 },
  { w: 3, h: 3, gap: 1 },
]

const dialSizes: readonly CellSize[] = [
  { w: 0, h: 24, gap: 6 },
  { w: 0, h: 16, gap: 4 },
  { w: 0, h: 9, gap: 3 },
  { w: 0, h: 5, gap: 2 },
  { w: 0, h: 3, gap: 1 },
]

const connSizes: readonly CellSize[] = [
  { w: 62, h: 32, gap: 8 },
  { w: 50, h: 26, gap: 6 },
  { w: 36, h: 22, gap: 5 },
  { w: 24, h: 16, gap: 4 },
  { w: 16, h: 13, gap: 3 },
  { w: 11, h: 10, gap: 2 },
  { w: 8, h: 7, gap: 1 },
]

const sessionSizes: readonly CellSize[] = [
  { w: 190, h: 52, gap: 10 },
  { w: 130, h: 40, gap: 8 },
  { w: 84, h: 28, gap: 6 },
  { w: 52, h: 20, gap: 4 },
]

const reachPx = 12

/** A thing and where it is. */
export interface Placed {
  readonly thing: Thing
  readonly box: Box
}

/**
 * Where everything in a lane has its place. Connections and dials keep theirs for life; wants move
 * up in the line.
 */
export class Scene {
  readonly #connSlots = new Slots()
  readonly #dialSlots = new Slots()
  #lane: Lane
  #shared = false
  zones: Zones
  wants: Grid
  dials: Grid
  conns: Grid

  constructor(lane: Lane, width: number, height: number) {
    this.#lane = lane
    this.zones = zonesOf(width, height)
    this.wants = gridFor(this.zones.line, 0, wantSizes)
    this.dials = gridFor(this.zones.dials, 0, dialSizes)
    this.conns = gridFor(this.zones.conns, 0, connSizes)
  }

  /** Sessions that carry several requests at once. */
  get shared(): boolean {
    return this.#shared
  }

  resize(width: number, height: number): void {
    this.zones = zonesOf(width, height)
    this.arrange(this.#lane)
  }

  /** Gives all that is there its place. */
  arrange(lane: Lane): void {
    this.#lane = lane
    this.#connSlots.keepOnly(lane.conns)
    this.#dialSlots.keepOnly(lane.dials)
    for (const id of lane.conns.keys()) this.#connSlots.of(id)
    for (const id of lane.dials.keys()) this.#dialSlots.of(id)
    const wasShared = this.#shared
    for (const conn of lane.conns.values()) this.#shared ||= (conn.capacity ?? 1) > 1
    const { line, dials, conns } = this.zones
    const tier = wasShared === this.#shared ? this.conns.tier : 0
    this.wants = gridFor(line, lane.waiting.size, wantSizes, this.wants.tier)
    this.dials = gridFor(dials, this.#dialSlots.extent, dialSizes, this.dials.tier)
    const sizes = this.#shared ? sessionSizes : connSizes
    this.conns = gridFor(conns, this.#connSlots.extent, sizes, tier)
  }

  /** Before the event's thing is gone: its place becomes free, and where that was. */
  leave(event: PoolEvent): Box | undefined {
    if (event.type === 'closed') {
      const slot = this.#connSlots.free(event.conn)
      return slot === undefined ? undefined : cellAt(this.conns, slot)
    }
    if (event.type === 'dialed') {
      const slot = this.#dialSlots.free(event.dial)
      return slot === undefined ? undefined : cellAt(this.dials, slot)
    }
    return undefined
  }

  connBox(id: number): Box {
    return cellAt(this.conns, this.#connSlots.of(id))
  }

  dialBox(id: number): Box {
    return cellAt(this.dials, this.#dialSlots.of(id))
  }

  /** The whole track, as far as the dial has come. */
  dialReachBox({ dial, since }: DialState, t: number): Box {
    const box = this.dialBox(dial)
    return { ...box, w: Math.max(3, box.w * dialReach(t - since)) }
  }

  wantPoint(place: number): Point {
    return lineAt(this.wants, place)
  }

  /** Where the line ends. */
  get front(): Point {
    const { x, y, w, h } = this.zones.line
    return { x: x + w, y: y + h / 2 }
  }

  hasRoomForDial(id: number): boolean {
    return this.#dialSlots.of(id) < roomIn(this.dials)
  }

  hasRoomForConn(id: number): boolean {
    return this.#connSlots.of(id) < roomIn(this.conns)
  }

  /** All that can be pointed at, from left to right: wants, dials, connections, each from their first place. */
  *placed(): Generator<Placed, void, undefined> {
    let place = 0
    const room = roomIn(this.wants)
    for (const id of this.#lane.waiting.keys()) {
      if (place < room) yield this.#placedWant(id, place++)
    }
    for (const id of this.#dialSlots.inOrder(this.#lane.dials.keys())) {
      yield { thing: { kind: 'dial', id }, box: this.dialBox(id) }
    }
    for (const id of this.#connSlots.inOrder(this.#lane.conns.keys())) {
      yield { thing: { kind: 'conn', id }, box: this.connBox(id) }
    }
  }

  /** Where a thing is, if it is still there. */
  boxOf({ kind, id }: Thing): Box | undefined {
    const { waiting, dials, conns } = this.#lane
    if (kind === 'conn') return conns.has(id) ? this.connBox(id) : undefined
    if (kind === 'dial') return dials.has(id) ? this.dialBox(id) : undefined
    if (!waiting.has(id)) return undefined
    const place = [...waiting.keys()].indexOf(id)
    return this.#placedWant(id, place).box
  }

  /** What is at a point, or close to it: small things can be hit by a finger, too. */
  at(point: Point): Placed | undefined {
    const near = [...this.placed()].filter(({ box }) => holds(box, point, reachPx))
    near.sort((a, b) => distance(a.box, point) - distance(b.box, point))
    return near[0]
  }

  #placedWant(id: number, place: number): Placed {
    const { w, h } = this.wants
    const { x, y } = this.wantPoint(place)
    return { thing: { kind: 'want', id }, box: { x: x - w / 2, y: y - h / 2, w, h } }
  }
}

function distance({ x, y, w, h }: Box, to: Point): number {
  const dx = Math.max(x - to.x, 0, to.x - x - w)
  const dy = Math.max(y - to.y, 0, to.y - y - h)
  return dx * dx + dy * dy
}
