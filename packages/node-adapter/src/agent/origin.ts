import type { NetTarget } from '../target.ts'

/**
 * Where requests of one agent go, if their connections may serve each other. One object for all of
 * them, so that neither key nor name is composed again for each.
 */
export interface Origin {
  readonly target: NetTarget
  /** The agent's `getName` for it: how it is called in `sockets`, `freeSockets` and `requests`. */
  readonly name: string
  /** The name that TLS asks for; empty: none. Undefined without TLS. */
  readonly servername: string | undefined
  /** The key of its target, once the adapter of the agent's own pool has composed it. */
  key: string | undefined
}

/** From the target of a dial to the origin it is for. */
export const originOf: unique symbol = Symbol('originOf')

export type AgentTarget = NetTarget & { readonly [originOf]?: Origin }
