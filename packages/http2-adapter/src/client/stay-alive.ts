/** The longest time that a timer can be set for. */
const longestMs = 2 ** 31 - 1

/**
 * Keeps the process alive while somebody waits. What is waited for does not always do so itself: a
 * session that nobody uses, and that its peer has paused, does not.
 */
export class StayAlive {
  #waiting = 0
  #timer: NodeJS.Timeout | undefined

  begin(): void {
    if (this.#waiting++ === 0) this.#timer = setInterval(() => {}, longestMs)
  }

  end(): void {
    if (--this.#waiting === 0) clearInterval(this.#timer)
  }
}
