/** Chooses one of those there are at that moment: `nth` modulo their number. */
type Nth = number

/** What is done to a pool from outside, or by the world behind its adapter. */
export type Deed =
  | {
      readonly do: 'want'
      readonly key: string
      /** `pool.want`, or `pool.acquire`. */
      readonly form: 'callback' | 'promise'
      readonly timeoutMs?: number | undefined
      /** It has a signal. */
      readonly abortable?: boolean
    }
  | { readonly do: 'tryAcquire'; readonly key: string }
  /** Of those in callback form: a waiting one, or one that was answered lately. */
  | { readonly do: 'cancel'; readonly nth: Nth }
  | { readonly do: 'abort'; readonly nth: Nth }
  | { readonly do: 'release'; readonly nth: Nth; readonly hintMs?: number | undefined }
  | { readonly do: 'discard'; readonly nth: Nth }
  /** Nothing happens while others hold leases on the connection. */
  | { readonly do: 'detach'; readonly nth: Nth }
  /** Of the dials that have not ended; an aborted one too. `share` is what `random` says meanwhile. */
  | {
      readonly do: 'finish'
      readonly nth: Nth
      readonly capacity: number
      readonly share?: number
    }
  | { readonly do: 'fail'; readonly nth: Nth }
  // Of all links: those of dials in flight, of open connections, and of some that are gone.
  | { readonly do: 'die'; readonly nth: Nth }
  | { readonly do: 'drain'; readonly nth: Nth }
  | { readonly do: 'capacity'; readonly nth: Nth; readonly capacity: number }
  /** Of the open connections: from now on `isBroken` says so. */
  | { readonly do: 'break'; readonly nth: Nth }
  | { readonly do: 'advance'; readonly ms: number }
  /** The clock is set, forward or back, and no timer fires. */
  | { readonly do: 'jump'; readonly ms: number }
  | { readonly do: 'warm'; readonly key: string; readonly count: number }
  | { readonly do: 'closeIdle'; readonly key?: string | undefined }
  | { readonly do: 'close' }
  | { readonly do: 'destroy' }

/** One line of a script. */
export type Step = Deed & {
  /** What is under way in microtasks comes to its end before the next step. */
  readonly turn: boolean
}

export type DeedOf<Name extends Deed['do']> = Extract<Deed, { readonly do: Name }>

/** The one that a step means, of what there is at that moment. */
export function pick<T>(from: readonly T[], nth: Nth): T | undefined {
  return from[nth % from.length]
}
