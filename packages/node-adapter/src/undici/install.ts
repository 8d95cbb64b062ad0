import { type FoundSlot, fillSlot, globalSlots, readSlots, wakeBuiltIn } from './global-slots.ts'

interface Installed {
  readonly dispatcher: object
  /** What it stands in for: what was there when nobody had installed anything. */
  before: FoundSlot[]
}

/** Those that are installed now, the one that counts last. */
const installed: Installed[] = []

/**
 * Makes a dispatcher the one of `fetch` and of undici, for all who name none. The function that is
 * returned takes it out again, in whatever order several of them are called.
 */
export function install(dispatcher: object): () => void {
  // Or Node would find its place taken when its undici is loaded, and have no agent of its own.
  wakeBuiltIn()
  const entry: Installed = { dispatcher, before: readSlots(globalSlots) }
  installed.push(entry)
  for (const slot of globalSlots) fillSlot(slot, dispatcher)
  return () => uninstall(entry)
}

function uninstall(entry: Installed): void {
  const at = installed.indexOf(entry)
  if (at === -1) return
  installed.splice(at, 1)
  const above = installed[at]
  // Whoever was installed over it has to put back what it would have.
  if (above !== undefined) above.before = inherit(above.before, entry)
  else for (const found of entry.before) putBack(found, entry.dispatcher)
}

function inherit(before: FoundSlot[], gone: Installed): FoundSlot[] {
  return before.map((found, i) => {
    const isGone = found.descriptor?.value === gone.dispatcher
    return isGone ? (gone.before[i] ?? found) : found
  })
}

/** Unless somebody else has put another one there meanwhile: that is theirs. */
function putBack({ slot, descriptor }: FoundSlot, gone: object): void {
  const global = globalThis as unknown as Record<symbol, unknown>
  if (global[slot] !== gone) return
  if (descriptor !== undefined) fillSlot(slot, descriptor.value)
  else if (!Reflect.deleteProperty(globalThis, slot)) global[slot] = undefined
}
