import type { ClientHttp2Session } from 'node:http2'
import type { ConnectionOptions } from 'node:tls'
import type { NetAdapterOptions } from '@wantconn/node-adapter'
import type { PoolOptions } from '@wantconn/pool-core'
import { type Http2AdapterOptions, sessionOptionNames } from '../http2-options.ts'

/** Those of a `Pool`, those of `http2Adapter`, and `tls`, in one object. */
export interface Http2ClientOptions extends PoolOptions<ClientHttp2Session>, Http2AdapterOptions {
  /** For all that is `https:`: `ca`, `cert`, `rejectUnauthorized`, …. Default: Node's. */
  tls?: ConnectionOptions | undefined
}

const netOptionNames: readonly (keyof NetAdapterOptions)[] = [
  'noDelay',
  'keepAliveDelayMs',
  'lookup',
  'attemptDelayMs',
  'lookupTimeoutMs',
  'connectTimeoutMs',
  'proxyTimeoutMs',
  'tlsTimeoutMs',
  'proxy',
  'maxTlsSessions',
]

const adapterOptionNames: ReadonlySet<string> = new Set([...sessionOptionNames, ...netOptionNames])

export interface SplitOptions {
  readonly adapter: Http2AdapterOptions
  /** All others: a pool refuses those that it does not know. */
  readonly pool: PoolOptions<ClientHttp2Session>
  readonly tls: ConnectionOptions | true
}

export function splitOptions(options: Http2ClientOptions): SplitOptions {
  const { tls, ...rest } = options
  const adapter: Record<string, unknown> = {}
  const pool: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (adapterOptionNames.has(name)) adapter[name] = value
    else pool[name] = value
  }
  return { adapter, pool, tls: tls ?? true }
}
