// Room for the calls of any common transition; what a rare one needed is given back.
const KEPT_LENGTH = 300

type Call = (a: never, b: never) => void

/** What a callback threw is an uncaught error of its own: the pool that called it goes on. */
export function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

/**
 * The calls that a transition owes to the outside: callbacks, hooks, the adapter's methods.
 *
 * They are made in order when the transition is over and the books are right. A call may re-enter
 * the pool; what that owes then joins the end of the same queue, so a chain of a million
 * releases and hand-overs is a loop and not a recursion.
 */
export class CallQueue {
  // Triples of function and two arguments, flat: no closure is made for a call. The array is kept
  // from one transition to the next, with `#length` as what counts: growing it anew costs more
  // than most calls.
  #calls: unknown[] = []
  #length = 0
  #making = false

  add<A, B>(call: (a: A, b: B) => void, a: A, b: B): void {
    const calls = this.#calls
    const at = this.#length
    calls[at] = call
    calls[at + 1] = a
    calls[at + 2] = b
    this.#length = at + 3
  }

  /** Makes all calls, unless that is what is happening already further down the stack. */
  flush(): void {
    if (this.#length > 0 && !this.#making) this.#makeAll()
  }

  #makeAll(): void {
    this.#making = true
    const calls = this.#calls
    for (let at = 0; at < this.#length; at += 3) {
      const call = calls[at] as Call
      const a = calls[at + 1] as never
      const b = calls[at + 2] as never
      // Whatever a call refers to is let go before it is made.
      calls[at] = calls[at + 1] = calls[at + 2] = undefined
      try {
        call(a, b)
      } catch (error) {
        rethrowLater(error)
      }
    }
    if (this.#length > KEPT_LENGTH) this.#calls = []
    this.#length = 0
    this.#making = false
  }
}
