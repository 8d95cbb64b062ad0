/** Tickets kept for one key: a TLS 1.3 server sends two or so for each full handshake. */
const maxPerKey = 8

/**
 * The sessions that servers have offered to resume.
 *
 * A ticket of TLS 1.3 should be used once (RFC 8446, appendix C.4), so each dial takes one while
 * there are several. The last one stays: a burst of dials is better off with it than with full
 * handshakes, and one that its server does not resume is dropped then.
 */
export class TlsSessions {
  readonly #maxKeys: number
  // In the order of last use, for the least recently used key to go first.
  readonly #byKey = new Map<string, Buffer[]>()

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys
  }

  /** The newest session for a key. */
  take(key: string): Buffer | undefined {
    const sessions = this.#byKey.get(key)
    if (sessions === undefined) return undefined
    this.#touch(key, sessions)
    return sessions.length > 1 ? sessions.pop() : sessions[0]
  }

  put(key: string, session: Buffer): void {
    if (this.#maxKeys === 0) return
    const sessions = this.#byKey.get(key) ?? []
    sessions.push(session)
    if (sessions.length > maxPerKey) sessions.shift()
    this.#touch(key, sessions)
    if (this.#byKey.size > this.#maxKeys) this.#byKey.delete(this.#oldestKey())
  }

  /** One that its server did not resume, or that a handshake failed with: not offered again. */
  drop(key: string, session: Buffer): void {
    const left = this.#byKey.get(key)?.filter((other) => other !== session)
    if (left === undefined) return
    if (left.length > 0) this.#byKey.set(key, left)
    else this.#byKey.delete(key)
  }

  #touch(key: string, sessions: Buffer[]): void {
    this.#byKey.delete(key)
    this.#byKey.set(key, sessions)
  }

  #oldestKey(): string {
    return this.#byKey.keys().next().value as string
  }
}
