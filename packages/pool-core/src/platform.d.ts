/**
 * All that the core asks of its host beyond ECMAScript. Not published: where the core is used,
 * the host's own types (Node's, the DOM's) describe the same things.
 */

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: { handleEvent(): void } | (() => void)): void
  removeEventListener(type: 'abort', listener: { handleEvent(): void } | (() => void)): void
}

declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

interface ErrorConstructor {
  /** V8's: how many frames an error's stack has. Elsewhere it is not there. */
  stackTraceLimit?: number
}

declare function queueMicrotask(run: () => void): void

/** Used by `clock.ts` alone. */
declare function setTimeout(run: () => void, ms: number): unknown
declare function clearTimeout(handle: unknown): void
