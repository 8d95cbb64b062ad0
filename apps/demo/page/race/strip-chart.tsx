import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Contender, ContenderId, Mark } from '../../src/protocol.ts'
import { windowMs } from '../fold/race.ts'
import type { Show } from '../fold/show.ts'
import { onFrame } from '../frames.ts'
import { drawShape, shapeOfContender } from '../lanes/shapes.ts'
import { show } from '../state.ts'
import { calm, palette } from '../theme.ts'
import { axisFont, latencyTicks, tickLabel } from './axes.ts'

const everyMs = 100
const calmEveryMs = 2_000
const height = 190

/** Every answer is a dot: when it came, and how long it took. */
export function StripChart({ contenders }: { contenders: readonly Contender[] }): JSX.Element {
  const holder = useRef<HTMLDivElement>(null)
  const ids = contenders.map(({ id }) => id).join(' ')
  useEffect(() => {
    if (holder.current === null) return undefined
    const strip = new Strip(holder.current, ids.split(' ') as ContenderId[])
    return () => strip.end()
  }, [ids])
  return (
    <figure class="chart">
      <figcaption>Each answer of the last 30 seconds, by how long it took</figcaption>
      <div ref={holder} class="plot" style={{ height }} aria-hidden="true" />
    </figure>
  )
}

class Strip {
  readonly #plot: uPlot
  readonly #ids: readonly ContenderId[]
  readonly #stop: () => void
  readonly #observer: ResizeObserver
  #drawnAt = 0
  #drawnT = -1
  #colors: unknown

  constructor(holder: HTMLElement, ids: readonly ContenderId[]) {
    this.#ids = ids
    this.#plot = new uPlot(this.#options(holder.clientWidth), [[0, windowMs]], holder)
    this.#observer = new ResizeObserver(() => {
      this.#plot.setSize({ width: holder.clientWidth, height })
    })
    this.#observer.observe(holder)
    this.#stop = onFrame((now) => this.#frame(now))
  }

  end(): void {
    this.#stop()
    this.#observer.disconnect()
    this.#plot.destroy()
  }

  #frame(now: number): void {
    const t = show.peek()?.t ?? 0
    const isSame = t === this.#drawnT && palette.peek() === this.#colors
    if (isSame || now - this.#drawnAt < (calm.peek() ? calmEveryMs : everyMs)) return
    this.#drawnAt = now
    this.#drawnT = t
    this.#colors = palette.peek()
    this.#plot.batch(() => {
      this.#plot.setScale('x', { min: t - windowMs, max: t })
      this.#plot.setScale('y', { min: 1, max: this.#top() })
    })
  }

  #options(width: number): uPlot.Options {
    const stroke = () => palette.peek().muted
    const grid = { stroke: () => palette.peek().hairline, width: 1 }
    const ticks = { show: false }
    return {
      width,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, auto: false },
        y: { distr: 3, log: 10, auto: false, range: () => [1, this.#top()] },
      },
      series: [{}],
      axes: [
        {
          stroke,
          grid: { show: false },
          ticks,
          font: axisFont,
          size: 24,
          splits: (plot) => secondsBack(plot),
          values: (plot, splits) => splits.map((at) => ago(at - (plot.scales['x']?.max ?? 0))),
        },
        {
          stroke,
          grid,
          ticks,
          font: axisFont,
          size: 52,
          scale: 'y',
          splits: () => latencyTicks.filter((ms) => ms <= this.#top()),
          values: (_, splits) => splits.map(tickLabel),
        },
      ],
      hooks: { draw: [(plot) => this.#draw(plot)] },
    }
  }

  /** The whole decade that the slowest answer is in. */
  #top(): number {
    const current = show.peek()
    if (current === undefined) return 1_000
    const from = current.t - windowMs
    let slowest = 0
    for (const id of this.#ids) {
      for (const [t, ms] of current.race.points(id)) if (t >= from && ms > slowest) slowest = ms
    }
    return latencyTicks.find((ms) => ms >= slowest * 1.1 && ms >= 1_000) ?? 100_000
  }

  #draw(plot: uPlot): void {
    const current = show.peek()
    if (current === undefined) return
    const { ctx, bbox } = plot
    ctx.save()
    ctx.beginPath()
    ctx.rect(bbox.left, bbox.top - 6, bbox.width + 8, bbox.height + 6)
    ctx.clip()
    for (const mark of current.race.marks()) drawMark(plot, mark)
    // Ours last, so that nothing covers it.
    for (const id of this.#ids) drawPoints(plot, current, id)
    ctx.restore()
  }
}

function drawPoints(plot: uPlot, { race, t: now }: Show, id: ContenderId): void {
  const { ctx } = plot
  const color = palette.peek()[id]
  const ratio = uPlot.pxRatio
  const size = 2.4 * ratio
  ctx.fillStyle = color
  ctx.strokeStyle = color
  ctx.globalAlpha = 0.75
  for (const [t, ms] of race.points(id)) {
    if (t < now - windowMs || t > now) continue
    const x = plot.valToPos(t, 'x', true)
    const y = plot.valToPos(Math.max(1, ms), 'y', true)
    drawShape(ctx, shapeOfContender[id], { x, y }, size)
  }
  ctx.globalAlpha = 1
}

/** A fault, a lever, an origin that went: a line with a word at its top. */
function drawMark({ ctx, bbox, valToPos, scales }: uPlot, { t, text }: Mark): void {
  if (t < (scales['x']?.min ?? 0)) return
  const x = Math.round(valToPos(t, 'x', true))
  ctx.strokeStyle = palette.peek().ink
  ctx.lineWidth = uPlot.pxRatio
  ctx.setLineDash([3 * uPlot.pxRatio, 3 * uPlot.pxRatio])
  ctx.beginPath()
  ctx.moveTo(x, bbox.top)
  ctx.lineTo(x, bbox.top + bbox.height)
  ctx.stroke()
  ctx.setLineDash([])
  ctx.font = axisFont.replace(/\d+/, (px) => String(Number(px) * uPlot.pxRatio))
  ctx.fillStyle = palette.peek().ink
  const isLate = x > bbox.left + bbox.width * 0.7
  ctx.textAlign = isLate ? 'right' : 'left'
  ctx.textBaseline = 'top'
  ctx.fillText(text, x + (isLate ? -4 : 4) * uPlot.pxRatio, bbox.top)
}

function secondsBack({ scales }: uPlot): number[] {
  const max = scales['x']?.max ?? 0
  return [-30, -20, -10, 0].map((s) => max + s * 1_000)
}

function ago(ms: number): string {
  return ms > -500 ? 'now' : `−${Math.round(-ms / 1_000)} s`
}
