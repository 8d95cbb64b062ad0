import type { Clock } from '../../src/clock.ts'
import { FakeClock } from '../../src/testing/index.ts'

/** A {@link FakeClock} that counts what is armed, and can fire a timer before its time. */
export class ScriptClock extends FakeClock implements Clock {
  readonly #armed = new Map<unknown, () => void>()
  readonly #blame: (fault: string) => void

  constructor(blame: (fault: string) => void) {
    super()
    this.#blame = blame
  }

  override setTimeout(run: () => void, ms: number): unknown {
    if (!(ms > 0 && ms < 2 ** 31)) this.#blame(`a timer was armed for ${ms} ms`)
    const handle = super.setTimeout(() => {
      this.#armed.delete(handle)
      run()
    }, ms)
    this.#armed.set(handle, run)
    if (this.#armed.size > 1) this.#blame(`${this.#armed.size} timers are armed`)
    return handle
  }

  override clearTimeout(handle: unknown): void {
    this.#armed.delete(handle)
    super.clearTimeout(handle)
  }

  /** As a host's timers sometimes do. */
  fireEarly(): void {
    for (const [handle, run] of [...this.#armed]) {
      this.clearTimeout(handle)
      run()
    }
  }
}
