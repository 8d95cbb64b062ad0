import type { JSX } from 'preact'
import { corners, type Shape } from './lanes/shapes.ts'

const paths = {
  pause: 'M5 3v10M11 3v10',
  play: 'M5 3l8 5-8 5z',
  step: 'M4 3l6 5-6 5zM12.5 3v10',
  replay: 'M3.5 8a4.5 4.5 0 1 0 1.6-3.4M3.2 2.6v3h3',
  restart: 'M12.5 8a4.5 4.5 0 1 1-1.6-3.4M12.8 2.6v3h-3',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.8.2l1.9-1.9a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.2 6.8a2.6 2.6 0 0 0-3.8-.2L3.5 8.5a2.6 2.6 0 0 0 3.7 3.7l.9-.9',
  copy: 'M6 6h7v7H6zM10 6V3H3v7h3',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M12.8 3.2l-1 1M4.2 11.8l-1 1',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6z',
  auto: 'M8 2.2a5.8 5.8 0 1 0 0 11.6 5.8 5.8 0 0 0 0-11.6zM8 2.2v11.6M8 4.6h4.4M8 7h5.6M8 9.4h5.4M8 11.8h4',
  check: 'M3 8.5l3.2 3.2L13 4.8',
} as const

export type IconName = keyof typeof paths

/** Says nothing by itself: the words beside it do. */
export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}

/** The shape that stands for a contender or an ending, in the colour of the style sheet. */
export function Glyph({ shape, color }: { shape: Shape; color: string }): JSX.Element {
  return (
    <svg class="glyph" viewBox="-8 -8 16 16" width="12" height="12" aria-hidden="true">
      {drawing(shape, `var(--${color})`)}
    </svg>
  )
}

function drawing(shape: Shape, color: string): JSX.Element {
  if (shape === 'disc') return <circle r="6" fill={color} />
  if (shape === 'ring') return <circle r="5" fill="none" stroke={color} stroke-width="3" />
  if (shape === 'cross') {
    return <path d="M-5-5L5 5M5-5L-5 5" stroke={color} stroke-width="3" fill="none" />
  }
  const points = corners[shape].map(([x, y]) => `${x * 6},${y * 6}`).join(' ')
  return <polygon points={points} fill={color} />
}
