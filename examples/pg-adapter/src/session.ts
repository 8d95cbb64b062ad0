import type { Link } from '@wantconn/pool-core'
import type { Client, DatabaseError } from 'pg'
import { cancel } from './cancel.ts'
import { type ClientInternals, internalsOf } from './client-internals.ts'

/**
 * What is undone between two holders. `'session'`: everything, with `DISCARD ALL`: settings,
 * temporary tables, prepared statements, advisory locks, LISTEN. `'transaction'`: only a transaction
 * that was left open.
 */
export type Reset = 'session' | 'transaction'

/**
 * What the adapter knows of one session, and how it makes it fit for its next holder.
 *
 * A reset is a round trip, and `release()` waits for nothing. So a session that has something to
 * undo is given the capacity 0: its pool takes it back, and lends it to nobody. It is reset when it
 * turns idle, and has its capacity back after that.
 */
export class Session {
  readonly #client: Client
  readonly #pg: ClientInternals
  readonly #link: Link
  readonly #reset: Reset
  readonly #resetTimeoutMs: number
  #isPaused = false
  #isInTransaction = false
  /** A statement has failed; the server is not ready for the next one yet. */
  #isRecovering = false
  #isResetting = false
  #isIdle = false
  #isRef = true
  #hasEnded = false

  constructor(client: Client, link: Link, reset: Reset, resetTimeoutMs: number) {
    this.#client = client
    this.#pg = internalsOf(client)
    this.#link = link
    this.#reset = reset
    this.#resetTimeoutMs = resetTimeoutMs
    // Its end while it is idle comes as an error; without a listener that would end the process.
    client.on('error', (error) => this.#end(error))
    client.on('end', () => this.#end())
    // Before pg hears of it: what it then calls may release the session.
    this.#pg.connection.prependListener('readyForQuery', ({ status }) => this.#onReady(status))
    this.#pg.connection.prependListener('errorMessage', (error) => this.#onError(error))
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** It has ended, or an answer is still to come that its next holder would have to wait for. */
  get isBroken(): boolean {
    return this.#hasEnded || this.#isBusy
  }

  get #isBusy(): boolean {
    return !this.#pg.readyForQuery && !this.#isRecovering && !this.#isResetting
  }

  onIdle(): void {
    this.#isIdle = true
    if (this.#isPaused) this.#makeFit()
    else this.#ref(false)
  }

  onLease(): void {
    this.#isIdle = false
    this.#ref(true)
  }

  /** Ends it at once. What it is doing would go on in the server, and so is cancelled. */
  close(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    if (this.#isBusy) cancel(this.#client).catch(() => {})
    void this.#client.end() // says goodbye, unless a query is under way
    this.#pg.connection.stream.destroySoon()
  }

  #onReady(status: string): void {
    this.#isRecovering = false
    this.#isInTransaction = status !== 'I'
    if (!this.#isResetting) this.#pause(this.#reset === 'session' || this.#isInTransaction)
  }

  #onError(error: DatabaseError): void {
    // 57P01 is pg_terminate_backend: the server says so first, and closes the connection later.
    if (error.severity === 'FATAL' || error.code?.startsWith('57P')) this.#end(error)
    this.#isRecovering = true
    if (!this.#isResetting) this.#pause(true)
  }

  #pause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return
    this.#isPaused = isPaused
    this.#link.setCapacity(isPaused ? 0 : 1)
  }

  #makeFit(): void {
    if (this.#isResetting) return
    this.#isResetting = true
    const timer = setTimeout(() => this.#end(tookTooLong()), this.#resetTimeoutMs)
    this.#undo((error) => {
      clearTimeout(timer)
      this.#isResetting = false
      if (error !== null) this.#end(error)
      if (this.#hasEnded) return
      this.#pause(false)
      // Not before: somebody may have been waiting for just this session, and has it now.
      if (this.#isIdle) this.#ref(false)
    })
  }

  #undo(done: (error: Error | null) => void): void {
    // DISCARD ALL is refused within a transaction.
    if (this.#isInTransaction || this.#isRecovering) {
      this.#run('ROLLBACK', (error) => (error === null ? this.#discard(done) : done(error)))
    } else this.#discard(done)
  }

  #discard(done: (error: Error | null) => void): void {
    if (this.#reset === 'transaction') {
      done(null)
      return
    }
    // The server forgets the statements with a name, and so pg has to prepare them again.
    this.#pg.connection.parsedStatements = {}
    this.#pg.connection.submittedNamedStatements = {}
    this.#client.removeAllListeners('notification').removeAllListeners('notice')
    this.#run('DISCARD ALL', done)
  }

  /** With a callback, as there is one for each release: it costs less than a promise. */
  #run(text: string, done: (error: Error | null) => void): void {
    this.#client.query(text, [], done)
  }

  #ref(isRef: boolean): void {
    if (isRef === this.#isRef) return
    this.#isRef = isRef
    if (isRef) this.#pg.connection.stream.ref()
    else this.#pg.connection.stream.unref()
  }

  #end(error?: Error): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#pg.connection.stream.destroy()
    this.#link.closed(error)
  }
}

function tookTooLong(): Error {
  return new Error('the reset of a session took too long')
}
