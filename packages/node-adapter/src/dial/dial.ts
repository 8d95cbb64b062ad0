import { isIP, type Socket } from 'node:net'
import { type DialAttempt, type DialPhase, NetDialError } from '../net-dial-error.ts'
import type { NetSettings } from '../net-options.ts'
import { openTunnel } from '../proxy/tunnel.ts'
import { handshake } from '../tls/handshake.ts'
import type { TlsPlan } from '../tls/tls-plan.ts'
import type { TlsSessions } from '../tls/tls-sessions.ts'
import { type TcpEnd, tcpCandidates, unixCandidate } from './candidates.ts'
import { withDeadline } from './deadline.ts'
import { lookupAddresses } from './lookup.ts'
import type { DialPlan, Proxied } from './plan.ts'
import { type Candidate, raceToConnect } from './race.ts'

/**
 * Reaches one target: phase after phase, each with its own deadline.
 *
 * Every phase owns what it opens until it has succeeded, and the socket of the phase before it; one
 * that fails or is aborted leaves nothing open.
 */
export class Dial {
  readonly #plan: DialPlan
  readonly #settings: NetSettings
  readonly #sessions: TlsSessions
  readonly #signal: AbortSignal
  readonly #attempts: DialAttempt[] = []

  constructor(plan: DialPlan, settings: NetSettings, sessions: TlsSessions, signal: AbortSignal) {
    this.#plan = plan
    this.#settings = settings
    this.#sessions = sessions
    this.#signal = signal
  }

  async run(): Promise<Socket> {
    const { proxied, tls } = this.#plan
    // A bad certificate of one's own needs no connection to be found out.
    if (tls !== undefined) this.#checkSecureContext(tls)
    let socket = await this.#connect(await this.#candidates())
    if (proxied !== undefined) socket = await this.#tunnel(socket, proxied)
    if (tls !== undefined) socket = await this.#secure(socket, tls)
    return socket
  }

  async #candidates(): Promise<Candidate[]> {
    const { firstHop } = this.#plan
    if ('path' in firstHop) return [unixCandidate(firstHop.path)]
    return tcpCandidates(firstHop, await this.#addresses(firstHop), this.#settings)
  }

  async #addresses({ host, family }: TcpEnd): Promise<string[]> {
    if (isIP(host) !== 0) return [host]
    const { lookup, lookupTimeoutMs } = this.#settings
    return this.#phase('lookup', lookupTimeoutMs, (signal) =>
      lookupAddresses(host, family, lookup, signal),
    )
  }

  #connect(candidates: readonly Candidate[]): Promise<Socket> {
    const { attemptDelayMs, connectTimeoutMs } = this.#settings
    const attempts = this.#attempts
    return this.#phase('connect', connectTimeoutMs, (signal) =>
      raceToConnect(candidates, { attemptDelayMs, attempts, signal }),
    )
  }

  #tunnel(socket: Socket, proxied: Proxied): Promise<Socket> {
    const timeoutMs = this.#settings.proxyTimeoutMs
    const sessions = this.#sessions
    return this.#phase(
      'proxy',
      timeoutMs,
      (signal) => openTunnel(socket, proxied, { sessions, timeoutMs, signal }),
      socket,
    )
  }

  #secure(socket: Socket, tls: TlsPlan): Promise<Socket> {
    return this.#phase(
      'tls',
      this.#settings.tlsTimeoutMs,
      (signal) => handshake(socket, tls, this.#sessions, signal),
      socket,
    )
  }

  #checkSecureContext(tls: TlsPlan): void {
    try {
      tls.secureContext()
    } catch (error) {
      throw this.#failure('tls', error)
    }
  }

  /** `socket`: what the phase before has brought, which must not outlive a failure. */
  async #phase<T>(
    phase: DialPhase,
    timeoutMs: number,
    run: (signal: AbortSignal) => PromiseLike<T>,
    socket?: Socket,
  ): Promise<T> {
    try {
      return await withDeadline(this.#signal, timeoutMs, run)
    } catch (error) {
      socket?.destroy()
      throw this.#signal.aborted ? this.#signal.reason : this.#failure(phase, error)
    }
  }

  #failure(phase: DialPhase, cause: unknown): NetDialError {
    return new NetDialError(phase, this.#plan.key, [...this.#attempts], cause)
  }
}
