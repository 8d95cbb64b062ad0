import { effect, signal } from '@preact/signals'
import { type Palette, readPalette } from './lanes/palette.ts'

export type Theme = 'auto' | 'light' | 'dark'

const themes: readonly Theme[] = ['auto', 'light', 'dark']
const storageKey = 'wantconn-theme'

/** What the user has chosen; `auto` follows the system. `theme.js` applies it before the first paint. */
export const theme = signal<Theme>(storedTheme())
export const palette = signal<Palette>(readPalette())

const dark = matchMedia('(prefers-color-scheme: dark)')
const reduced = matchMedia('(prefers-reduced-motion: reduce)')

/** Nothing moves. */
export const calm = signal(reduced.matches)

dark.addEventListener('change', () => {
  palette.value = readPalette()
})
reduced.addEventListener('change', () => {
  calm.value = reduced.matches
})

effect(() => {
  if (theme.value === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme.value
  palette.value = readPalette()
})

export function nextTheme(): void {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'auto'
  theme.value = next
  try {
    localStorage.setItem(storageKey, next)
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageKey)
    return themes.find((name) => name === stored) ?? 'auto'
  } catch {
    return 'auto'
  }
}
