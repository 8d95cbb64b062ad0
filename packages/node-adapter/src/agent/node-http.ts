import type { ClientRequest, ClientRequestArgs } from 'node:http'
import type { Socket } from 'node:net'

/** What `node:http` hands to an agent with a request: the request's options, without its signal. */
export interface RequestOptions extends ClientRequestArgs {
  port?: number | string | null | undefined
  servername?: string | undefined
  highWaterMark?: number | undefined
}

/**
 * A client request as its agent sees it: the members that `node:http` keeps for agents and that its
 * types do not mention. The same in Node 20 to 26.
 */
export interface AgentRequest extends Omit<ClientRequest, 'onSocket' | 'shouldKeepAlive'> {
  /** False: the response or the request said `Connection: close`. */
  shouldKeepAlive: boolean
  /** The connection ends with the response: `Connection: close` is sent. */
  _last?: boolean
  /** `options.timeout`, if given. */
  readonly timeout?: number | undefined
  /** The response, once there is one. */
  readonly res?: { readonly headers: Record<string, string | string[] | undefined> } | null
  /**
   * Takes the socket in the next tick; on a request destroyed by then, emits 'free' on the socket
   * instead. Without a socket: fails with the error, or with the one it was destroyed with.
   */
  onSocket(socket: Socket | null, error?: unknown): void
}

/** A socket as `node:http` marks it. */
export interface AgentSocket extends Socket {
  _httpMessage?: unknown
}
