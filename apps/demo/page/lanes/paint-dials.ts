import type { DialPhase, DialState } from '../../src/protocol.ts'
import type { Lane } from '../../src/stage-state.ts'
import type { Stories } from '../fold/stories.ts'
import { type Brush, roundBox, smallFont, text } from './brush.ts'
import { type Box, dialReach, type Point, scaleHeight } from './geometry.ts'
import type { Scene } from './scene.ts'

const marks: readonly (readonly [ms: number, label: string])[] = [
  [10, '10 ms'],
  [100, '100 ms'],
  [1_000, '1 s'],
  [10_000, '10 s'],
]

/** What a phase is drawn in, beside its pattern. */
const strength: Readonly<Record<DialPhase, number>> = { lookup: 0.3, connect: 0.62, handshake: 1 }

const labelOf: Readonly<Record<DialPhase, string>> = {
  lookup: 'lookup',
  connect: 'connect',
  handshake: 'TLS',
}

/** Between a bar and its words. */
const gap = 7

export function paintDials(brush: Brush, scene: Scene, lane: Lane, stories: Stories): void {
  paintScale(brush, scene.zones.dials)
  for (const dial of lane.dials.values()) {
    if (scene.hasRoomForDial(dial.dial)) paintDial(brush, scene, dial, stories)
  }
}

function paintScale({ ctx, palette }: Brush, box: Box): void {
  const bottom = box.y + box.h
  ctx.fillStyle = palette.hairline
  for (const [ms, label] of marks) {
    const x = Math.round(box.x + box.w * dialReach(ms))
    ctx.fillRect(x - 1, box.y, 1, box.h + 4)
    const align = ms === 10_000 ? 'right' : 'center'
    const color = palette.muted
    text(ctx, label, x, bottom + scaleHeight / 2 + 3, { color, font: smallFont, align })
    ctx.fillStyle = palette.hairline
  }
}

function paintDial(brush: Brush, scene: Scene, dial: DialState, stories: Stories): void {
  const { ctx, palette, t } = brush
  const track = scene.dialBox(dial.dial)
  const reach = scene.dialReachBox(dial, t)
  ctx.fillStyle = palette.track
  roundBox(ctx, track, 4)
  ctx.fill()
  ctx.save()
  roundBox(ctx, reach, 4)
  ctx.clip()
  for (const segment of segments(dial, stories, t)) paintSegment(brush, track, segment)
  ctx.restore()
  ctx.fillStyle = palette.ink
  ctx.fillRect(reach.x + reach.w - 2, reach.y, 2, reach.h)
  if (track.h >= 16) paintAge(brush, track, reach, dial)
}

interface Segment {
  readonly phase: DialPhase
  readonly from: number
  readonly to: number
}

function segments(dial: DialState, stories: Stories, t: number): readonly Segment[] {
  const story = stories.find({ kind: 'dial', id: dial.dial })
  const phases = story?.kind === 'dial' ? story.phases : [{ phase: dial.phase, t: dial.since }]
  return phases.map((phase, i) => ({
    phase: phase.phase,
    from: phase.t - dial.since,
    to: (phases[i + 1]?.t ?? t) - dial.since,
  }))
}

function paintSegment({ ctx, palette }: Brush, track: Box, segment: Segment): void {
  const from = track.w * dialReach(segment.from)
  const to = Math.max(from + 2, track.w * dialReach(segment.to))
  const box = { ...track, x: track.x + from, w: to - from }
  ctx.fillStyle = palette['own-dial']
  ctx.globalAlpha = strength[segment.phase] * 0.55
  ctx.fillRect(box.x, box.y, box.w, box.h)
  ctx.globalAlpha = 1
  if (segment.phase === 'lookup') dots(ctx, box, palette.muted)
  if (segment.phase === 'handshake') stripes(ctx, box, palette.panel)
}

function dots(ctx: CanvasRenderingContext2D, { x, y, w, h }: Box, color: string): void {
  if (h < 8) return
  ctx.fillStyle = color
  for (let dx = 5; dx < w; dx += 7) ctx.fillRect(x + dx, y + h - 4, 2, 2)
}

function stripes(ctx: CanvasRenderingContext2D, { x, y, w, h }: Box, color: string): void {
  ctx.strokeStyle = color
  ctx.globalAlpha = 0.5
  ctx.lineWidth = 1.5
  ctx.beginPath()
  for (let dx = 0; dx < w + h; dx += 6) {
    ctx.moveTo(x + dx, y)
    ctx.lineTo(x + dx - h, y + h)
  }
  ctx.stroke()
  ctx.globalAlpha = 1
}

/** Beside the bar, as much as there is room for; else inside of it. */
function paintAge(brush: Brush, track: Box, reach: Box, dial: DialState): void {
  const { ctx, palette, t } = brush
  const age = `${Math.max(0, Math.round(t - dial.since))} ms`
  const whole = `${labelOf[dial.phase]} ${age}`
  const y = track.y + track.h / 2 + 0.5
  const style = { color: palette.ink, font: smallFont }
  ctx.font = smallFont
  const room = track.w - reach.w - 2 * gap
  const words = [whole, age].find((some) => ctx.measureText(some).width <= room)
  if (words !== undefined) text(ctx, words, reach.x + reach.w + gap, y, style)
  else paintInside(brush, age, { x: reach.x + reach.w - gap, y })
}

function paintInside({ ctx, palette }: Brush, words: string, { x, y }: Point): void {
  const w = ctx.measureText(words).width + 6
  ctx.fillStyle = palette.panel
  roundBox(ctx, { x: x - w + 3, y: y - 7.5, w, h: 14 }, 3)
  ctx.fill()
  text(ctx, words, x, y, { color: palette.ink, font: smallFont, align: 'right' })
}
