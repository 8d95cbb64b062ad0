/**
 * What an adapter's author gives the laws: the far side of the adapter, made afresh for each law by
 * `setup()`.
 */
export interface Backend<Target, Conn extends object> {
  /** Answers. */
  readonly target: Target
  /** Other ways to write `target`: their connections are interchangeable. Default: a copy of it. */
  readonly equalTargets?: readonly Target[] | undefined
  /** Must not share connections with `target`, nor with each other. Needed unless `manyKeys: false`. */
  readonly otherTargets?: readonly Target[] | undefined
  /** Refuses each dial. Needed unless `refuses: false`. */
  readonly refusingTarget?: Target | undefined
  /** The refusal: its `code`, or a question to it. Default: any error. */
  readonly refusedWith?: (string | ((error: unknown) => boolean)) | undefined
  /** Lets each dial begin and never answers. Needed unless `stalls: false`. */
  readonly silentTarget?: Target | undefined

  /** Connections that the far side has open now, over all targets, those still being set up too. */
  openConnections(): number | PromiseLike<number>
  /** One round trip, which rejects if the connection does not work. */
  use(conn: Conn): PromiseLike<unknown>
  /** The far side ends the connection. Needed unless `dies: false`. */
  kill?(conn: Conn): unknown
  /** The far side asks for no further work on it. Needed with `drains: true`. */
  drain?(conn: Conn): unknown
  /** The far side changes how many leases it may carry. Needed with `resizes: true`. */
  setCapacity?(conn: Conn, capacity: number): unknown
  /**
   * How much the far side has received so far, in whatever unit. With it, `isBroken` is held to
   * sending nothing; without, only to starting nothing in this process.
   */
  received?(): number | PromiseLike<number>
  /**
   * Listeners that are now on what the connection is made of. Default: those on the connection and
   * on its own properties, as far as they are event emitters.
   */
  listeners?(conn: Conn): number
  /** Ends the far side, with whatever is still open. */
  tearDown(): unknown
}

/**
 * What the connections of an adapter can do and suffer. Laws that this rules out are listed as not
 * applicable.
 */
export interface Capabilities {
  /** There are targets that must not share connections. Default: true. */
  readonly manyKeys?: boolean | undefined
  /** A dial can be refused. Default: true. */
  readonly refuses?: boolean | undefined
  /** A dial can be left without an answer. Default: true. */
  readonly stalls?: boolean | undefined
  /** The far side can end a connection. Default: true. */
  readonly dies?: boolean | undefined
  /** The far side can ask for no further work. Default: false. */
  readonly drains?: boolean | undefined
  /** The far side can change a connection's capacity. Default: false. */
  readonly resizes?: boolean | undefined
  /** A leased connection keeps the process alive, as a socket does. Default: true. */
  readonly holdsProcess?: boolean | undefined
}

export type AllCapabilities = { readonly [Name in keyof Capabilities]-?: boolean }

export const defaultCapabilities: AllCapabilities = Object.freeze({
  manyKeys: true,
  refuses: true,
  stalls: true,
  dies: true,
  drains: false,
  resizes: false,
  holdsProcess: true,
})
