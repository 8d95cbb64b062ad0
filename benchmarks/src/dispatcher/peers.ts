import { connect, type Socket } from 'node:net'
import { PoolDispatcher } from '@wantconn/node-adapter/undici'
import { Agent, type Dispatcher, Pool } from 'undici'
import { BareClients, LONG_MS } from './bare-clients.ts'

/** How long each dial takes beside what it takes anyway. */
export type DelayMs = (dial: number) => number

export interface DispatcherPeer {
  readonly name: string
  /** At most so many connections, if there is a limit, to the one origin. */
  open(origin: string, connections?: number, delayMs?: DelayMs): Dispatcher
}

type Connected = (...result: [error: null, socket: Socket] | [error: Error, socket: null]) => void
type Connector = (options: { port: string }, connected: Connected) => void
type Options = { connections: number | null; keepAliveTimeout: number; connect?: Connector }

export const ours: DispatcherPeer = peer(
  'PoolDispatcher',
  (_, options) => new PoolDispatcher(options as object),
)
export const pool: DispatcherPeer = peer(
  'undici Pool',
  (origin, options) => new Pool(origin, options),
)
/** The same once more: how far apart two runs of one thing are. */
export const poolAgain: DispatcherPeer = { name: 'undici Pool again', open: pool.open }
export const agent: DispatcherPeer = peer('undici Agent', (_, options) => new Agent(options))

/** What any dispatcher costs at least whose requests are written and read by undici's client. */
export const floor: DispatcherPeer = {
  name: 'bare undici Clients',
  open(origin, connections, delayMs = () => 0) {
    const { port } = new URL(origin)
    const connect = slowConnector(delayMs)
    return new BareClients(origin, connections ?? Number.POSITIVE_INFINITY, (dialed) =>
      connect({ port }, (error, socket) => {
        if (error !== null) throw error
        dialed(socket)
      }),
    )
  },
}

export const peers: readonly DispatcherPeer[] = [ours, pool, poolAgain, agent, floor]

function peer(
  name: string,
  make: (origin: string, options: Options) => Dispatcher,
): DispatcherPeer {
  return {
    name,
    open: (origin, connections, delayMs) =>
      make(origin, {
        connections: connections ?? null,
        keepAliveTimeout: LONG_MS,
        ...(delayMs && { connect: slowConnector(delayMs) }),
      }),
  }
}

function slowConnector(delayMs: DelayMs): Connector {
  let dials = 0
  return ({ port }, connected) => {
    const delay = delayMs(dials++)
    const dial = (): void => {
      const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true })
      const fail = (error: Error): void => connected(error, null)
      socket.once('error', fail)
      socket.once('connect', () => {
        socket.off('error', fail)
        connected(null, socket)
      })
    }
    if (delay === 0) dial()
    else setTimeout(dial, delay)
  }
}
