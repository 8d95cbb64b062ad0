import { isPoolError, type PoolErrorCode } from '../errors.ts'
import type { Lease } from '../lease.ts'
import type { AcquireOptions } from '../options.ts'
import type { Want } from '../want-conn.ts'
import type { FakeConn } from './fake-adapter.ts'
import type { PoolTester } from './pool-tester.ts'
import { show } from './show.ts'

/** A want of a {@link PoolTester}, and then its lease. */
export class TesterWant {
  readonly target: string
  readonly want: Want
  readonly #tester: PoolTester
  #settled: { readonly error: unknown; readonly lease: Lease<FakeConn> | undefined } | undefined

  constructor(tester: PoolTester, target: string, options: AcquireOptions<FakeConn> | undefined) {
    this.#tester = tester
    this.target = target
    let returned = false
    this.want = tester.pool.want(
      target,
      (error, lease) => {
        if (!returned) throw new Error(`a want of ${target} was settled before want() returned`)
        if (this.#settled) throw new Error(`a want of ${target} was settled twice`)
        this.#settled = { error, lease }
      },
      options,
    )
    returned = true
  }

  /** Settled with this connection, or with any. */
  async wantGot(conn?: FakeConn): Promise<Lease<FakeConn>> {
    await this.#tester.turn()
    const { lease } = this
    if (conn !== undefined && lease.conn !== conn) {
      throw new Error(`the want of ${this.target} got ${lease.conn.name}, not ${conn.name}`)
    }
    return lease
  }

  /** Settled with this error: a pool's, by its code, or any other, by identity. */
  async wantFailed(expected: PoolErrorCode | { readonly error: unknown }): Promise<unknown> {
    await this.#tester.turn()
    if (this.#settled === undefined) throw new Error(`the want of ${this.target} still waits`)
    const { error, lease } = this.#settled
    if (lease !== undefined) throw new Error(`the want of ${this.target} got ${lease.conn.name}`)
    const matches =
      typeof expected === 'string' ? isPoolError(error, expected) : error === expected.error
    if (!matches) {
      const wanted = typeof expected === 'string' ? expected : show(expected.error)
      const message = `the want of ${this.target} failed with ${show(error)}; expected ${wanted}`
      throw new Error(message, { cause: error })
    }
    return error
  }

  /** Neither settled nor canceled. */
  async wantWaiting(): Promise<void> {
    await this.#tester.turn()
    if (this.#settled !== undefined || !this.want.waiting) {
      throw new Error(`the want of ${this.target} has settled`)
    }
  }

  /** The lease it got; throws if it has none. */
  get lease(): Lease<FakeConn> {
    if (this.#settled === undefined) throw new Error(`the want of ${this.target} still waits`)
    const { error, lease } = this.#settled
    if (lease === undefined) {
      const message = `the want of ${this.target} failed with ${show(error)}`
      throw new Error(message, { cause: error })
    }
    return lease
  }

  /** True if it was still waiting. */
  cancel(reason?: unknown): boolean {
    const wasWaiting = this.want.cancel(reason)
    this.#tester.check()
    return wasWaiting
  }

  /** As `lease.release`; throws if it has none. */
  release(hint?: { idleTimeoutMs?: number }): void {
    this.lease.release(hint)
    this.#tester.check()
  }

  /** As `lease.discard`; throws if it has none. */
  discard(error?: Error): void {
    this.lease.discard(error)
    this.#tester.check()
  }

  /** As `lease.detach`; throws if it has none. */
  detach(): FakeConn {
    const conn = this.lease.detach()
    this.#tester.check()
    return conn
  }
}
