import type { ContenderId } from '../../src/protocol.ts'
import type { Ending } from '../fold/winners.ts'

const names = [
  'panel',
  'ink',
  'muted',
  'hairline',
  'edge',
  'track',
  'leased',
  'on-leased',
  'cool',
  'late',
  'handed-over',
  'idle',
  'room',
  'own-dial',
  'other-dial',
  'failed',
  'ours',
  'undici',
  'agent',
] as const

type Name = (typeof names)[number]

/** The colours of the style sheet, for what is drawn on a canvas. */
export type Palette = Readonly<Record<Name | Ending | ContenderId, string>>

/** As they are now: light or dark. */
export function readPalette(root: HTMLElement = document.documentElement): Palette {
  const probe = document.createElement('span')
  root.append(probe)
  const entries = names.map((name) => {
    probe.style.color = `var(--${name})`
    return [name, getComputedStyle(probe).color]
  })
  probe.remove()
  return Object.fromEntries(entries)
}
