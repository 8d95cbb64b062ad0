type Listener = { handleEvent(): void } | (() => void)

/** An abort signal that knows who listens, and costs less than a host's. */
export class ScriptedSignal {
  aborted = false
  reason: unknown = undefined
  readonly listeners: Set<Listener> = new Set()

  addEventListener(_: 'abort', listener: Listener): void {
    this.listeners.add(listener)
  }

  removeEventListener(_: 'abort', listener: Listener): void {
    this.listeners.delete(listener)
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    for (const listener of this.listeners) {
      if (typeof listener === 'function') listener()
      else listener.handleEvent()
    }
  }
}
