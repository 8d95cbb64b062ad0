import type { Engine } from './engine.ts'
import { PoolError } from './errors.ts'
import type { KeyState } from './key-state.ts'
import type { Warmup } from './warmup.ts'

/** Connections that are opened before anybody waits for them; wants come first. */
export class Warming<Target, Conn extends object> {
  readonly #engine: Engine<Target, Conn>
  /** Keys to be looked at, once no want can use a place. */
  readonly #toLookAt = new Set<KeyState<Target, Conn>>()
  /** Keys that wait for a place under `maxTotal`. */
  readonly #heldBack = new Set<KeyState<Target, Conn>>()

  constructor(engine: Engine<Target, Conn>) {
    this.#engine = engine
  }

  begin(state: KeyState<Target, Conn>, warmup: Warmup<Target, Conn>): void {
    state.warmups ??= new Set()
    state.warmups.add(warmup)
    this.#engine.touch(state)
    this.#engine.finish()
  }

  /** Its caller has given up; dials that have begun go on. */
  stop(state: KeyState<Target, Conn>, warmup: Warmup<Target, Conn>, reason: unknown): void {
    this.#fail(state, warmup, reason)
    this.#engine.finish()
  }

  failAll(state: KeyState<Target, Conn>, error: unknown): void {
    if (state.warmups === undefined) return
    for (const warmup of state.warmups) this.#fail(state, warmup, error)
  }

  /** Something of the key has changed. */
  note(state: KeyState<Target, Conn>): void {
    if (state.warmups !== undefined && state.warmups.size > 0) this.#toLookAt.add(state)
  }

  /** A connection or a dial has left the books, or a connection has become idle. */
  roomMade(): void {
    if (this.#heldBack.size > 0) this.#touchHeldBack()
  }

  /** Begins the dials that one key's warming lacks. False if there is none to look at. */
  next(): boolean {
    for (const state of this.#toLookAt) {
      this.#toLookAt.delete(state)
      if (state.warmups !== undefined) this.#warm(state, state.warmups)
      return true
    }
    return false
  }

  #touchHeldBack(): void {
    for (const state of this.#heldBack) this.#engine.touch(state)
  }

  #warm(state: KeyState<Target, Conn>, warmups: Set<Warmup<Target, Conn>>): void {
    this.#heldBack.delete(state)
    for (const warmup of warmups) {
      if (state.open < warmup.count) {
        this.#dial(state, warmup)
      } else {
        warmups.delete(warmup)
        this.#engine.touch(state)
        this.#engine.calls.add(done, warmup, undefined)
      }
    }
  }

  #dial(state: KeyState<Target, Conn>, warmup: Warmup<Target, Conn>): void {
    while (state.places < warmup.count && this.#mayDial(state)) {
      if (warmup.dialsLeft === 0) {
        this.#fail(state, warmup, losesThemAll(state.key, warmup.count))
        return
      }
      warmup.dialsLeft--
      this.#engine.dialer.startToWarm(state, warmup.target)
    }
  }

  /** Wants that `maxTotal` holds back come first, and no key's own idle connection makes room for it. */
  #mayDial(state: KeyState<Target, Conn>): boolean {
    const { dialer } = this.#engine
    if (!dialer.holdsBack && dialer.makeRoom(state)) return true
    this.#heldBack.add(state)
    return false
  }

  #fail(state: KeyState<Target, Conn>, warmup: Warmup<Target, Conn>, error: unknown): void {
    if (!state.warmups?.delete(warmup)) return
    this.#engine.touch(state)
    this.#engine.calls.add(fail, warmup, error)
  }
}

function done<Target, Conn extends object>(warmup: Warmup<Target, Conn>): void {
  warmup.done()
}

function fail<Target, Conn extends object>(warmup: Warmup<Target, Conn>, error: unknown): void {
  warmup.fail(error)
}

function losesThemAll(key: string, count: number): PoolError {
  const what = `connections are closed as fast as warm() opens them: ${2 * count} dials were not enough for ${count}`
  return new PoolError('ERR_POOL_DIAL_CLOSED', what, { key })
}
