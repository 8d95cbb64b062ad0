import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { Client } from 'pg'

/** What pg's `Client` has, and its types do not tell. */
export interface ClientInternals {
  readonly host: string
  readonly port: number
  readonly ssl: unknown
  /** With `secretKey`, what a request to cancel must name. */
  readonly processID: number
  readonly secretKey: number
  /** True when all that was asked has been answered. */
  readonly readyForQuery?: boolean
  /** Emits each message of the server by its name; an error as `errorMessage`. */
  readonly connection: EventEmitter & {
    /** The socket; after a handshake, the one of TLS. */
    readonly stream: Socket
    /** Statements with a name that the server knows, to pg's mind. */
    parsedStatements: Record<string, string>
    submittedNamedStatements: Record<string, string>
  }
}

export function internalsOf(client: Client): ClientInternals {
  return client as unknown as ClientInternals
}
