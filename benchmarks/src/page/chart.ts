import { BarChart } from 'echarts/charts'
import { GridComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Column } from '../harness/figure.ts'
import type { FigureResult } from '../harness/run-figure.ts'

use([BarChart, GridComponent, TitleComponent, SVGRenderer])

const OURS = '#c2410c'
const OTHERS = '#94a3b8'
const WIDTH = 760
const BAR = 34
const LETTER = 7

/** The first column of a figure's table as an SVG: a bar for each case, ours in another colour. */
export function chartOf(result: FigureResult, column: Column): string {
  const cases = result.cases.filter((each) => each.median[column.value] !== undefined)
  const height = 70 + BAR * cases.length
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: column.head, left: 0, textStyle: { fontSize: 13, fontWeight: 'normal' } },
    grid: { left: widthOf(cases), right: 90, top: 36, bottom: 10 },
    xAxis: { type: 'value', min: 0, axisLabel: { show: false }, splitLine: { show: false } },
    // The first case stands on top, as in the table.
    yAxis: { type: 'category', inverse: true, data: cases.map(({ name }) => name) },
    series: [
      {
        type: 'bar',
        barMaxWidth: 18,
        label: { show: true, position: 'right' },
        data: cases.map(({ name, median }) => {
          const value = median[column.value] ?? 0
          return {
            value,
            itemStyle: { color: isOurs(name) ? OURS : OTHERS },
            label: { formatter: column.show(value) },
          }
        }),
      },
    ],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return withoutCounters(svg)
}

/** Room for the longest name: nobody measures text here, so each letter is taken for a wide one. */
const widthOf = (cases: readonly { readonly name: string }[]): number =>
  20 + LETTER * Math.max(...cases.map(({ name }) => name.length))

const isOurs = (name: string): boolean => /^(ours|HttpAgent|Http2Client|PoolDispatcher)/.test(name)

/** Names that a process counts up would make the same chart another file each time. */
function withoutCounters(svg: string): string {
  return `${svg.replaceAll(/zr\d+-/g, 'zr-')}\n`
}
