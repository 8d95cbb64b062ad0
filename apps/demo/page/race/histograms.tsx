import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { type Contender, type ContenderId, histogramBounds } from '../../src/protocol.ts'
import { onFrame } from '../frames.ts'
import { Glyph } from '../icons.tsx'
import { shapeOfContender } from '../lanes/shapes.ts'
import { show } from '../state.ts'
import { contenderLabel } from '../story/words.ts'
import { calm, palette } from '../theme.ts'
import { axisFont, latencyTicks, tickLabel } from './axes.ts'
import type { Span } from './headline.ts'

const everyMs = 500
const calmEveryMs = 2_000
const rowHeight = 46
const axisHeight = 22

interface Props {
  readonly contenders: readonly Contender[]
  readonly span: Span
}

/** One below the other on the same scale, so that a tail is seen for what it is. */
export function Histograms({ contenders, span }: Props): JSX.Element {
  return (
    <figure class="chart histograms">
      <figcaption>
        Answers by how long they took <span class="key">square-root scale</span>
      </figcaption>
      {contenders.map((contender, i) => (
        <Row
          key={contender.id}
          contender={contender}
          span={span}
          isLast={i === contenders.length - 1}
        />
      ))}
    </figure>
  )
}

interface RowProps {
  readonly contender: Contender
  readonly span: Span
  readonly isLast: boolean
}

function Row({ contender: { id }, span, isLast }: RowProps): JSX.Element {
  const holder = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (holder.current === null) return undefined
    return plotInto(holder.current, { id, span, isLast })
  }, [id, span, isLast])
  return (
    <div class="histogram">
      <span class="name">
        <Glyph shape={shapeOfContender[id]} color={id} />
        {contenderLabel[id]}
      </span>
      <div
        ref={holder}
        class="plot"
        style={{ height: rowHeight + (isLast ? axisHeight : 0) }}
        aria-hidden="true"
      />
    </div>
  )
}

interface What {
  readonly id: ContenderId
  readonly span: Span
  readonly isLast: boolean
}

/** Returns how to end it. */
function plotInto(holder: HTMLElement, what: What): () => void {
  const height = rowHeight + (what.isLast ? axisHeight : 0)
  const plot = new uPlot(options(what, holder.clientWidth, height), dataOf(what), holder)
  const observer = new ResizeObserver(() => plot.setSize({ width: holder.clientWidth, height }))
  observer.observe(holder)
  let drawnAt = 0
  const stop = onFrame((now) => {
    if (now - drawnAt < (calm.peek() ? calmEveryMs : everyMs)) return
    drawnAt = now
    plot.setData(dataOf(what))
  })
  return () => {
    stop()
    observer.disconnect()
    plot.destroy()
  }
}

function dataOf({ id, span }: What): uPlot.AlignedData {
  const race = show.peek()?.race
  const counts = (span === 'recent' ? race?.recentHistogram(id) : race?.histogram(id)) ?? []
  const total = counts.reduce((sum, count) => sum + count, 0) || 1
  return [bins, bins.map((i) => Math.sqrt((counts[i] ?? 0) / total))]
}

/** By number: their bounds are evenly spaced on the scale that is shown. */
const bins: number[] = [...histogramBounds.keys(), histogramBounds.length]

/** Where on the scale of bins a latency is. */
function binOf(ms: number): number {
  return 12 * Math.log10(ms / 0.5) - 0.5
}

function options({ id, isLast }: What, width: number, height: number): uPlot.Options {
  const color = () => palette.peek()[id]
  const ticks = latencyTicks.slice(0, 5)
  return {
    width,
    height,
    padding: [4, 12, 0, 12],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-0.5, bins.length - 0.5] },
      y: { range: () => [0, 0.9] },
    },
    series: [
      {},
      {
        stroke: color,
        fill: color,
        width: 0,
        points: { show: false },
        ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [0.82, 40], align: 0 }) }),
      },
    ],
    axes: [
      {
        stroke: () => palette.peek().muted,
        font: axisFont,
        size: isLast ? axisHeight : 0,
        gap: 2,
        grid: { stroke: () => palette.peek().hairline, width: 1 },
        ticks: { show: false },
        splits: () => ticks.map(binOf),
        values: () => ticks.map((ms) => (isLast ? tickLabel(ms) : '')),
      },
      { show: false },
    ],
  }
}
