import type { Socket } from 'node:net'
import type { DialAttempt } from '../net-dial-error.ts'
import { startTimer } from './deadline.ts'
import { unheard } from './unheard.ts'

/** An address that can be tried. */
export interface Candidate {
  readonly address: string
  /** Begins to connect. */
  open(): Socket
}

export interface RaceOptions {
  /** How long an attempt has the field for itself before the next one joins it. */
  readonly attemptDelayMs: number
  /** Written as the race goes on: what was tried, and how it failed. */
  readonly attempts: DialAttempt[]
  readonly signal: AbortSignal
}

/**
 * Connects to whichever candidate answers first, as RFC 8305, section 5, has it: the next attempt
 * joins those under way when they have been silent for the delay, or at once when one has failed.
 * No attempt is given up for being slow; only a winner, or the signal, ends the others.
 */
export function raceToConnect(
  candidates: readonly Candidate[],
  options: RaceOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    new ConnectRace(candidates, options, resolve, reject).start()
  })
}

class ConnectRace {
  readonly #candidates: readonly Candidate[]
  readonly #options: RaceOptions
  readonly #resolve: (socket: Socket) => void
  readonly #reject: (error: unknown) => void
  /** What is under way, and how to stop listening to it. */
  readonly #running = new Map<Socket, () => void>()
  #begun = 0
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(
    candidates: readonly Candidate[],
    options: RaceOptions,
    resolve: (socket: Socket) => void,
    reject: (error: unknown) => void,
  ) {
    this.#candidates = candidates
    this.#options = options
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    const { signal } = this.#options
    signal.addEventListener('abort', this.#onAbort)
    if (signal.aborted) this.#onAbort()
    else this.#next()
  }

  /** Begins one more attempt; the race is lost when there is none, and none under way. */
  #next(): void {
    clearTimeout(this.#timer)
    if (this.#isOver) return
    const candidate = this.#candidates[this.#begun]
    if (candidate === undefined) {
      if (this.#running.size === 0) this.#fail(this.#whyAllFailed())
      return
    }
    const index = this.#begun++
    this.#options.attempts[index] = { address: candidate.address }
    this.#try(candidate, index)
    if (this.#begun < this.#candidates.length && !this.#isOver) this.#armTimer()
  }

  #try(candidate: Candidate, index: number): void {
    const { attempts } = this.#options
    const failed = (error: Error): void => {
      attempts[index] = { address: candidate.address, error }
      this.#next()
    }
    let socket: Socket
    try {
      socket = candidate.open()
    } catch (error) {
      failed(error as Error)
      return
    }
    const onError = (error: Error): void => {
      this.#running.delete(socket)
      failed(error)
    }
    const onConnect = (): void => this.#win(socket)
    this.#running.set(socket, () => {
      socket.off('connect', onConnect).off('error', onError).on('error', unheard)
    })
    socket.on('connect', onConnect).on('error', onError)
  }

  // An answer that has come in the meantime is heard before the timer's effect: in a busy process
  // timers run first, and would send a SYN for nothing.
  #armTimer(): void {
    clearTimeout(this.#timer)
    const begun = this.#begun
    this.#timer = startTimer(this.#options.attemptDelayMs, () => {
      setImmediate(() => {
        if (begun === this.#begun) this.#next()
      })
    })
  }

  #win(socket: Socket): void {
    this.#running.get(socket)?.()
    this.#running.delete(socket)
    this.#end()
    this.#resolve(socket)
  }

  readonly #onAbort = (): void => this.#fail(this.#options.signal.reason)

  #fail(error: unknown): void {
    this.#end()
    this.#reject(error)
  }

  #end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    for (const [socket, stopListening] of this.#running) {
      stopListening()
      socket.destroy()
    }
    this.#running.clear()
  }

  #whyAllFailed(): Error {
    const errors = this.#options.attempts.map(({ error }) => error as Error)
    if (errors.length === 1) return errors[0] as Error
    const all = new AggregateError(errors, 'no address could be connected to')
    return Object.assign(all, { code: (errors[0] as NodeJS.ErrnoException).code })
  }
}
