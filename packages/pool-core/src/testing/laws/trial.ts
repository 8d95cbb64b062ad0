import type { Adapter } from '../../adapter.ts'
import type { CloseReason } from '../../close-reason.ts'
import { isObject } from '../../dial.ts'
import { Pool } from '../../pool.ts'
import { show } from '../show.ts'
import type { Backend } from './backend.ts'
import { hostNow, pause, turn } from './host.ts'
import type { RecordingLink } from './recording-link.ts'
import { TrialDial } from './trial-dial.ts'

/** Looks this often at a condition before its deadline counts: a busy machine may lose it all at once. */
const MIN_LOOKS = 50

/** A fault that a law has found; {@link adapterConformance} adds law and advice. */
export class Fault extends Error {}

/** One run of one law: an adapter, a fresh backend, and all that the law has opened. */
export class Trial<Target, Conn extends object> {
  readonly adapter: Adapter<Target, Conn>
  readonly backend: Backend<Target, Conn>
  /** How often a law about leaks repeats what it does. */
  readonly rounds: number
  readonly #patienceMs: number
  readonly #dials: TrialDial<Conn>[] = []
  readonly #pools: Pool<Target, Conn>[] = []
  readonly #closed = new Set<Conn>()

  constructor(
    adapter: Adapter<Target, Conn>,
    backend: Backend<Target, Conn>,
    limits: { readonly patienceMs: number; readonly rounds: number },
  ) {
    this.adapter = adapter
    this.backend = backend
    this.#patienceMs = limits.patienceMs
    this.rounds = limits.rounds
  }

  /** Begins a dial. What it brings after an abort is closed, as a pool does it. */
  dial(
    target: Target = this.backend.target,
    abortedWith?: { readonly reason: unknown },
  ): TrialDial<Conn> {
    const dial = new TrialDial<Conn>((link) => this.adapter.dial(target, link), abortedWith)
    this.#dials.push(dial)
    dial.settling.then(() => {
      if (dial.link.signal.aborted) this.closeLeft(dial)
    })
    return dial
  }

  /** Dials, and fails unless that brings a connection. */
  async connect(target?: Target): Promise<{ conn: Conn; link: RecordingLink }> {
    const dial = this.dial(target)
    const outcome = await this.within(dial.settling, 'dial() to settle for a target that answers')
    if ('error' in outcome) {
      throw new Fault(`dial() rejected for a target that answers: ${show(outcome.error)}`, {
        cause: outcome.error,
      })
    }
    return { conn: outcome.conn, link: dial.link }
  }

  /** One use, which must succeed. */
  async use(conn: Conn, what = 'a connection'): Promise<void> {
    const used = this.#used(conn).catch((cause: unknown) => {
      throw new Fault(`the use of ${what} failed: ${show(cause)}`, { cause })
    })
    await this.within(used, `the use of ${what} to end`)
  }

  /** A use that may fail: what comes of it is for the law to see. */
  useUp(conn: Conn): Promise<void> {
    return this.#used(conn).then(
      () => undefined,
      () => undefined,
    )
  }

  // One that throws counts as rejected.
  async #used(conn: Conn): Promise<unknown> {
    return await this.backend.use(conn)
  }

  /** Connections that the far side has open now. */
  async open(): Promise<number> {
    const open: unknown = await this.backend.openConnections()
    if (typeof open === 'number' && open >= 0) return open
    throw new Fault(`openConnections() of what setup() gives must be a count; it is ${show(open)}`)
  }

  /** `adapter.close`, as a pool calls it: this trial will not close the connection again. */
  close(conn: Conn, reason: CloseReason = 'discarded'): unknown {
    this.#closed.add(conn)
    return this.adapter.close(conn, reason) as unknown
  }

  /** A pool of real time over the adapter, which is destroyed with the trial. */
  pool(): Pool<Target, Conn> {
    const pool = new Pool(this.adapter)
    this.#pools.push(pool)
    return pool
  }

  /** What the backend must offer for this law. */
  hook<Name extends keyof Backend<Target, Conn>>(
    name: Name,
    capability: string,
  ): NonNullable<Backend<Target, Conn>[Name]> {
    const found = this.backend[name]
    if (found === undefined || found === null) {
      const missing = `setup() gives no ${name}: give one, or say capabilities.${capability}: false`
      throw new Fault(missing)
    }
    return (typeof found === 'function' ? found.bind(this.backend) : found) as never
  }

  hold(condition: boolean, otherwise: string): void {
    if (!condition) throw new Fault(otherwise)
  }

  /** Waits until a condition holds, and no longer than the patience of this run. */
  async until(what: string, condition: () => boolean | PromiseLike<boolean>): Promise<void> {
    if (!(await this.comesTrue(condition))) throw new Fault(`waited in vain for ${what}`)
  }

  async comesTrue(condition: () => boolean | PromiseLike<boolean>): Promise<boolean> {
    const deadline = hostNow() + this.#patienceMs
    for (let looks = 0; ; looks++) {
      if (await condition()) return true
      if (looks >= MIN_LOOKS && hostNow() > deadline) return false
      await (looks < MIN_LOOKS ? turn() : pause(2))
    }
  }

  /** A promise's value, or a fault if that is longer in coming than this run is patient. */
  async within<T>(promise: PromiseLike<T>, what: string): Promise<T> {
    let done = false
    const settled = Promise.resolve(promise).finally(() => {
      done = true
    })
    // It is awaited below, and until then its rejection must not be taken for one that nobody sees.
    settled.catch(() => {})
    await this.until(what, () => done)
    return await settled
  }

  /** How many connections the far side sees, once it sees no more than `count`. */
  async isDownTo(count: number): Promise<boolean> {
    return await this.comesTrue(async () => (await this.open()) <= count)
  }

  /** Closes what the law has left, and ends the backend. */
  async end(): Promise<void> {
    for (const pool of this.#pools) pool.destroy()
    for (const dial of this.#dials) {
      if (dial.settled === undefined) dial.abort(new Error('the law is over'))
      this.closeLeft(dial)
    }
    await this.backend.tearDown()
  }

  /** Closes what a dial has brought, unless that is done; whether `close` works is not asked. */
  closeLeft({ conn, link }: Pick<TrialDial<Conn>, 'conn' | 'link'>): void {
    if (!isObject(conn) || this.#closed.has(conn) || link.closes > 0) return
    try {
      Promise.resolve(this.close(conn)).catch(() => {})
    } catch {
      // Another law is about that.
    }
  }
}
