/**
 * What the kit asks of the process that it runs in, where there is one: it imports nothing of any
 * platform. A law that needs what is not there is listed as not applicable.
 */

type Listener = (...args: never[]) => void

interface HostProcess {
  getActiveResourcesInfo?(): string[]
  on(event: string, listener: Listener): unknown
  off(event: string, listener: Listener): unknown
  rawListeners(event: string): Listener[]
  removeAllListeners(event: string): unknown
}

const host = globalThis as unknown as {
  readonly process?: HostProcess
  readonly setImmediate?: (run: () => void) => unknown
}

// Taken now: a test may put fake timers in their place.
const { setTimeout: later } = globalThis as unknown as { setTimeout: typeof setTimeout }
const immediate = host.setImmediate ?? ((run: () => void) => later(run, 0))
const now = Date.now

/** Milliseconds of a clock that no test moves. */
export function hostNow(): number {
  return now()
}

/** Whatever the event loop has ready is done: timers, I/O, then this. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    immediate(resolve)
  })
}

export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await turn()
}

export async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await undefined
}

/** Resolves after `ms`. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    later(resolve, ms)
  })
}

export const tellsResources: boolean = typeof host.process?.getActiveResourcesInfo === 'function'

export const tellsUncaught: boolean = typeof host.process?.rawListeners === 'function'

/** What keeps the process alive at this moment, by kind: `TCPSocketWrap`, `Timeout`, … */
export function activeKinds(): Map<string, number> {
  const kinds = new Map<string, number>()
  for (const kind of host.process?.getActiveResourcesInfo?.() ?? []) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  // Over as soon as it is looked at again.
  kinds.delete('Immediate')
  kinds.delete('TickObject')
  return kinds
}

/** The same in numbers, timers apart from all the rest. */
export function activeResources(): { readonly handles: number; readonly timers: number } {
  const { Timeout: timers = 0, ...rest } = Object.fromEntries(activeKinds())
  return { handles: Object.values(rest).reduce((sum, count) => sum + count, 0), timers }
}

/**
 * Hears of an event in place of all who listen to it now, and gives it back to them with `stop`:
 * a runner would count what a law is about as an error of the whole run.
 */
export class Takeover {
  readonly heard: unknown[] = []
  readonly #event: string
  readonly #others: readonly Listener[]
  readonly #listener = (value: unknown): void => {
    this.heard.push(value)
  }

  constructor(event: 'unhandledRejection' | 'uncaughtException') {
    this.#event = event
    this.#others = host.process?.rawListeners(event) ?? []
    host.process?.removeAllListeners(event)
    host.process?.on(event, this.#listener)
  }

  stop(): void {
    host.process?.off(this.#event, this.#listener)
    for (const other of this.#others) host.process?.on(this.#event, other)
  }
}

/** Hears of the warnings of a process, beside all others who do. */
export class WarningWatch {
  readonly names: string[] = []
  readonly #listener = (warning: { readonly name: string }): void => {
    this.names.push(warning.name)
  }

  constructor() {
    host.process?.on('warning', this.#listener)
  }

  stop(): void {
    host.process?.off('warning', this.#listener)
  }
}
