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
  // Triples of function and two arguments, flat: no closure is made for a call.
  #calls: unknown[] = []
  #making = false

  add<A, B>(call: (a: A, b: B) => void, a: A, b: B): void {
    this.#calls.push(call, a, b)
  }

  /** Makes all calls, unless that is what is happening already further down the stack. */
  flush(): void {
    if (this.#calls.length === 0 || this.#making) return
    this.#making = true
    for (let i = 0; i < this.#calls.length; i += 3) {
      try {
        ;(this.#calls[i] as Call)(this.#calls[i + 1] as never, this.#calls[i + 2] as never)
      } catch (error) {
        rethrowLater(error)
      }
    }
    this.#calls = []
    this.#making = false
  }
}
