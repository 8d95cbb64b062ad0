import { createRequire } from 'node:module'
import type { UndiciModule } from './engine.ts'
import { globalSlots, readSlots, restoreSlots, wakeBuiltIn } from './global-slots.ts'

/** The major versions whose clients are known to work here. */
const known: ReadonlySet<string> = new Set(['7', '8'])

let found: UndiciModule | null | undefined

/** The undici that is installed beside this package, if it is one that can be used; loaded once. */
export function installedUndici(): UndiciModule | undefined {
  if (found === undefined) found = load() ?? null
  return found ?? undefined
}

function load(): UndiciModule | undefined {
  const require = createRequire(import.meta.url)
  try {
    const { version } = require('undici/package.json') as { version: string }
    if (!known.has(version.split('.', 1)[0] ?? '')) return undefined
    return withoutSideEffects(() => require('undici') as UndiciModule)
  } catch {
    // Not there, or not for this version of Node.
    return undefined
  }
}

/** To load undici 8 makes it the dispatcher of Node's own `fetch`: nobody has asked for that here. */
function withoutSideEffects<T>(run: () => T): T {
  wakeBuiltIn()
  const before = readSlots(globalSlots)
  try {
    return run()
  } finally {
    restoreSlots(before)
  }
}
