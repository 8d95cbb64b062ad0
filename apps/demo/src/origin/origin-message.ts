import type { Protocol } from '../protocol.ts'

/** What an origin is told first. */
export interface OriginSettings {
  readonly protocol: Protocol
  /** How long each answer takes, in ms. */
  readonly workMs: number
  /** 0: a free one. */
  readonly port: number
  /** In PEM; for `https` and `h2`. */
  readonly certificate?: { readonly key: string; readonly cert: string } | undefined
  /** Streams that it takes at once on a session of HTTP/2. */
  readonly maxStreams?: number | undefined
  /** Behind a gate, which is what faults are made with. */
  readonly gated?: boolean | undefined
}

/** What it can be told while it runs. */
export type OriginOrder =
  | { readonly set: { readonly workMs?: number; readonly maxStreams?: number } }
  | { readonly fault: 'reset' | 'goaway' | 'drop' | 'heal' }

/** Its only answer. */
export type OriginReport = { readonly port: number } | { readonly error: string }
