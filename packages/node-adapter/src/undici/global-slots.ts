/**
 * Where `fetch` looks for its dispatcher, and undici for the one of those who name none: the first
 * up to undici 7 and Node 24, the second from undici 8 and Node 26 on.
 */
export const globalSlots: readonly symbol[] = [
  Symbol.for('undici.globalDispatcher.1'),
  Symbol.for('undici.globalDispatcher.2'),
]

type Global = Record<symbol, unknown>

/** What was found in a slot; a slot without `descriptor` was not there. */
export interface FoundSlot {
  readonly slot: symbol
  readonly descriptor: PropertyDescriptor | undefined
}

/** Node loads its undici when one of its classes is first asked for; only then has it filled its slot. */
export function wakeBuiltIn(): void {
  void globalThis.Response
}

export function slotValue(slot: symbol): unknown {
  return (globalThis as unknown as Global)[slot]
}

export function readSlots(slots: readonly symbol[]): FoundSlot[] {
  return slots.map((slot) => ({
    slot,
    descriptor: Object.getOwnPropertyDescriptor(globalThis, slot),
  }))
}

/** Those that were there have again what they had. */
export function restoreSlots(found: readonly FoundSlot[]): void {
  for (const { slot, descriptor } of found) {
    if (descriptor !== undefined) Object.defineProperty(globalThis, slot, descriptor)
  }
}

/** Fills a slot so that it can be emptied again. */
export function fillSlot(slot: symbol, value: unknown): void {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, slot)
  if (descriptor?.configurable === false) (globalThis as unknown as Global)[slot] = value
  else {
    const enumerable = descriptor?.enumerable ?? false
    Object.defineProperty(globalThis, slot, {
      value,
      enumerable,
      writable: true,
      configurable: true,
    })
  }
}
