/** The steps of a dial, in their order. The TLS handshake with an https proxy is part of `proxy`. */
export type DialPhase = 'lookup' | 'connect' | 'proxy' | 'tls'

/** One address that a dial has tried to connect to. */
export interface DialAttempt {
  /** `127.0.0.1:80`, `[::1]:80`, or the path of a Unix domain socket. */
  readonly address: string
  /** Why it failed. `undefined`: it connected, or had not ended when the dial did. */
  readonly error?: Error | undefined
}

/** Why a dial failed, and where it was by then. Not for an aborted dial: that rejects with its signal's reason. */
export class NetDialError extends Error {
  /**
   * The system's or Node's own code (`ECONNREFUSED`, `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT`, …;
   * that of the first address, if several failed); `ETIMEDOUT` when the phase took too long;
   * `ERR_PROXY_TUNNEL` when a proxy refused; `ERR_NET_DIAL` when the cause has no code.
   */
  readonly code: string
  readonly phase: DialPhase
  /** The key of the target, which shows no secrets. */
  readonly target: string
  /** What was tried, in the order in which it began. Empty before the phase `connect`. */
  readonly attempts: readonly DialAttempt[]

  /** `cause`: the error of the phase; an `AggregateError` if more than one address failed. */
  constructor(phase: DialPhase, target: string, attempts: readonly DialAttempt[], cause: unknown) {
    super(`dialing ${target} failed (${phase}): ${describe(attempts, cause)}`, { cause })
    this.name = 'NetDialError'
    this.code = codeOf(cause) ?? 'ERR_NET_DIAL'
    this.phase = phase
    this.target = target
    this.attempts = attempts
  }
}

function codeOf(cause: unknown): string | undefined {
  const code = (cause as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

function describe(attempts: readonly DialAttempt[], cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const tried = attempts.map(({ address, error }) => {
    return error === undefined ? address : `${address} ${codeOf(error) ?? error.message}`
  })
  return tried.length > 0 ? `${reason} (tried ${tried.join(', ')})` : reason
}
