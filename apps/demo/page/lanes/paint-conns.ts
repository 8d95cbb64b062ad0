import type { ConnState } from '../../src/protocol.ts'
import type { Lane } from '../../src/stage-state.ts'
import type { Ending } from '../fold/winners.ts'
import { type Brush, inset, roundBox, smallFont, text } from './brush.ts'
import { type Box, centerOf } from './geometry.ts'
import type { Scene } from './scene.ts'

const glowMs = 420
const ghostMs = 700
/** An idle connection is warm at first, and cold after so long. */
const coolMs = 3_000
const maxGhosts = 200

interface Glow {
  readonly ending: Ending
  readonly at: number
}

interface Ghost {
  readonly box: Box
  readonly bad: boolean
  readonly at: number
}

/** Connections, what has just been used, and what has just been closed. */
export class ConnsPainter {
  readonly #glows = new Map<number, Glow>()
  #ghosts: Ghost[] = []

  used(conn: number, ending: Ending, now: number): void {
    this.#glows.set(conn, { ending, at: now })
  }

  closed(box: Box, bad: boolean, now: number): void {
    if (this.#ghosts.length < maxGhosts) this.#ghosts.push({ box, bad, at: now })
  }

  /** True while anything still fades. */
  paint(brush: Brush, scene: Scene, lane: Lane): boolean {
    this.#forget(brush.now)
    for (const ghost of this.#ghosts) paintGhost(brush, ghost)
    brush.ctx.globalAlpha = 1
    for (const conn of lane.conns.values()) {
      if (!scene.hasRoomForConn(conn.conn)) continue
      const box = scene.connBox(conn.conn)
      if (scene.shared) paintSession(brush, box, conn)
      else paintConn(brush, box, conn)
      const glow = this.#glows.get(conn.conn)
      if (glow !== undefined) paintGlow(brush, box, glow)
    }
    return this.#glows.size > 0 || this.#ghosts.length > 0
  }

  #forget(now: number): void {
    for (const [conn, { at }] of this.#glows) if (now - at > glowMs) this.#glows.delete(conn)
    this.#ghosts = this.#ghosts.filter(({ at }) => now - at < ghostMs)
  }
}

function paintConn(brush: Brush, box: Box, conn: ConnState): void {
  const { ctx, palette } = brush
  const isLeased = conn.state === 'leased'
  if (isLeased) {
    roundBox(ctx, box, 5)
    ctx.fillStyle = palette.leased
    ctx.fill()
  } else paintIdle(brush, box, conn)
  if (box.w < 32) return
  const color = isLeased ? palette['on-leased'] : palette.ink
  const { x, y } = centerOf(box)
  text(ctx, `${conn.conn}`, x, y + 0.5, { color, font: smallFont, align: 'center' })
}

/** Hollow; its warmth is a level that sinks. */
function paintIdle({ ctx, palette, t }: Brush, box: Box, { since }: ConnState): void {
  const warmth = Math.max(0, 1 - (t - since) / coolMs)
  const level = Math.round(box.h * warmth)
  const r = box.w > 20 ? 5 : 2
  ctx.fillStyle = palette.cool
  if (box.w > 12) {
    ctx.save()
    roundBox(ctx, box, r)
    ctx.clip()
    ctx.fillRect(box.x, box.y + box.h - level, box.w, level)
    ctx.restore()
  } else ctx.fillRect(box.x, box.y + box.h - level, box.w, level)
  ctx.strokeStyle = palette.edge
  ctx.lineWidth = 1
  roundBox(ctx, inset(box, 0.5), r)
  ctx.stroke()
}

function paintSession(brush: Brush, box: Box, conn: ConnState): void {
  const { ctx, palette } = brush
  const { streams = 0, capacity = 1, draining = false } = conn
  if (conn.state === 'idle') paintIdle(brush, box, conn)
  else {
    roundBox(ctx, inset(box, 0.75), 5)
    ctx.lineWidth = 1.5
    ctx.strokeStyle = palette.leased
    ctx.setLineDash(draining ? [4, 3] : [])
    ctx.stroke()
    ctx.setLineDash([])
  }
  const inner = inset(box, box.h > 30 ? 8 : 5)
  const isTall = box.h >= 36
  paintStreams(brush, isTall ? { ...inner, y: inner.y + 18, h: inner.h - 18 } : inner, conn)
  if (!isTall) return
  const name = draining ? `${conn.conn} leaving` : `${conn.conn}`
  const y = inner.y + 6
  text(ctx, name, inner.x, y, { color: palette.ink, font: smallFont })
  const load = `${streams}/${capacity}`
  const right = inner.x + inner.w
  text(ctx, load, right, y, { color: palette.muted, font: smallFont, align: 'right' })
}

/** One pip for each stream; above forty, one bar. */
function paintStreams({ ctx, palette }: Brush, box: Box, conn: ConnState): void {
  const { streams = 0, capacity = 1 } = conn
  const pips = capacity <= 40 ? capacity : 1
  const pitch = box.w / pips
  const gap = pips > 1 ? Math.min(2, pitch / 4) : 0
  ctx.fillStyle = palette.cool
  for (let i = 0; i < pips; i++) ctx.fillRect(box.x + i * pitch, box.y, pitch - gap, box.h)
  ctx.fillStyle = palette.leased
  if (pips === 1) ctx.fillRect(box.x, box.y, box.w * Math.min(1, streams / capacity), box.h)
  else {
    const used = Math.min(pips, streams)
    for (let i = 0; i < used; i++) ctx.fillRect(box.x + i * pitch, box.y, pitch - gap, box.h)
  }
}

function paintGlow({ ctx, palette, now, calm }: Brush, box: Box, { ending, at }: Glow): void {
  ctx.globalAlpha = calm ? 1 : Math.max(0, 1 - (now - at) / glowMs)
  ctx.strokeStyle = palette[ending]
  ctx.lineWidth = box.w > 12 ? 2.5 : 1.5
  roundBox(ctx, inset(box, box.w > 12 ? -1.5 : -0.5), 6)
  ctx.stroke()
  ctx.globalAlpha = 1
}

function paintGhost({ ctx, palette, now }: Brush, { box, bad, at }: Ghost): void {
  ctx.globalAlpha = Math.max(0, 1 - (now - at) / ghostMs)
  ctx.strokeStyle = bad ? palette.failed : palette.muted
  ctx.lineWidth = 1.5
  const { x, y } = centerOf(box)
  const r = Math.min(7, box.h / 3)
  ctx.beginPath()
  ctx.moveTo(x - r, y - r)
  ctx.lineTo(x + r, y + r)
  ctx.moveTo(x + r, y - r)
  ctx.lineTo(x - r, y + r)
  ctx.stroke()
}
