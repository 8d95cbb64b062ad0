import type { Socket } from 'node:net'
import { builtInUndici } from './built-in-undici.ts'
import type { DispatchOptions } from './dispatch-options.ts'
import type { NewHandler, OldHandler } from './handler.ts'
import { installedUndici } from './installed-undici.ts'

/** A client of undici, as far as it is used here. */
export interface EngineClient {
  dispatch(options: DispatchOptions, handler: OldHandler | NewHandler): boolean
}

/** undici's own options of a client that are passed on to it as they are. */
export interface HttpClientOptions {
  readonly headersTimeout?: number | undefined
  readonly bodyTimeout?: number | undefined
  readonly maxResponseSize?: number | undefined
  readonly maxHeaderSize?: number | undefined
  readonly strictContentLength?: boolean | undefined
}

export interface EngineClientOptions extends HttpClientOptions {
  readonly pipelining: number
  readonly keepAliveTimeout: number
  readonly keepAliveMaxTimeout: number
  readonly keepAliveTimeoutThreshold: number
  readonly allowH2: boolean
  readonly connect: (options: unknown, done: (error: Error | null, socket?: Socket) => void) => void
}

export type ClientClass = new (origin: string, options: EngineClientOptions) => EngineClient

/** Which handlers a client takes: undici up to 6 only old ones, 7 both, from 8 on only new ones. */
export type ClientGeneration = 'old' | 'new'

/** What reads and writes HTTP/1.1 on our connections: the `Client` of some undici. */
export interface ClientEngine {
  readonly generation: ClientGeneration
  newClient(origin: string, options: EngineClientOptions): EngineClient
}

/** undici as a module, as far as it is used here. */
export interface UndiciModule {
  readonly Client: unknown
  readonly Dispatcher?: unknown
}

/**
 * The client of the undici that was given; else of the one that is installed beside this package;
 * else of the one inside Node, to which no documented way leads, but one that is tried first.
 */
export function clientEngine(given: UndiciModule | undefined): ClientEngine {
  const undici = given ?? installedUndici()
  return engineOf((undici?.Client ?? builtInUndici()) as ClientClass)
}

const engines = new WeakMap<ClientClass, ClientEngine>()

function engineOf(Client: ClientClass): ClientEngine {
  let engine = engines.get(Client)
  if (engine === undefined) {
    const generation = generationOf(Client)
    engine = { generation, newClient: (origin, options) => new Client(origin, options) }
    engines.set(Client, engine)
  }
  return engine
}

/**
 * Tells by trying: a handler without callbacks for a response is refused by each, through that error
 * callback which its generation has. Nothing comes into being, and so nothing is published of it.
 */
function generationOf(Client: ClientClass): ClientGeneration {
  let generation: ClientGeneration = 'old'
  const client = new Client('http://localhost', {
    pipelining: 1,
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
    keepAliveTimeoutThreshold: 0,
    allowH2: false,
    // Never connects, so that nothing is ever sent.
    connect: () => {},
  })
  client.dispatch(refusedRequest, {
    onError: () => {},
    onResponseError: () => {
      generation = 'new'
    },
  })
  return generation
}

const refusedRequest: DispatchOptions = { path: '/', method: 'GET' }
