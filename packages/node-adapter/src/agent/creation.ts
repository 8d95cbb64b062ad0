import type { Socket } from 'node:net'
import type { OpenSocket } from '../dial-socket.ts'
import { type NetTarget, onlyDirect, openSocket, type TargetWithOpener } from '../target.ts'
import type { AgentFace, NodeMethods } from './agent-face.ts'
import type { RequestOptions } from './node-http.ts'
import type { Origin } from './origin.ts'

/**
 * Options that say how a socket is made, not where to, and that only Node's own `connect` knows.
 * They do not make two sockets different, in Node either.
 */
const nodesOwn = [
  'lookup',
  'hints',
  'localPort',
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  'blockList',
  'highWaterMark',
  'onread',
  'allowHalfOpen',
  'typeOfService',
  'fd',
  'handle',
  'socket',
] as const

const families: readonly unknown[] = [undefined, null, 0, 4, 6]

/**
 * How an agent's sockets come about: the pool's adapter dials them, unless `createConnection` was
 * replaced, or is needed for something that only Node's own can do.
 */
export class Creation {
  readonly #agent: AgentFace
  readonly #nodes: NodeMethods
  readonly #isNeeded: boolean
  readonly #ownLookup: unknown

  /** `isNeeded`: always; `ownLookup`: the `lookup` that the adapter has too. */
  constructor(agent: AgentFace, nodes: NodeMethods, isNeeded: boolean, ownLookup: unknown) {
    this.#agent = agent
    this.#nodes = nodes
    this.#isNeeded = isNeeded
    this.#ownLookup = ownLookup
  }

  /** The target for a request that no connection was ready for. */
  targetOf(given: RequestOptions, origin: Origin): NetTarget {
    const isReplaced = this.#isReplaced
    if (!isReplaced && !this.#needsNode(given)) return origin.target
    const opener = {
      [openSocket]: this.#opener(given, origin),
      // Whoever puts a `createConnection` there says where it leads.
      [onlyDirect]: !isReplaced,
    } satisfies Partial<TargetWithOpener>
    return { ...origin.target, ...opener }
  }

  get #isReplaced(): boolean {
    return this.#isNeeded || this.#agent.createConnection !== this.#nodes.createConnection
  }

  #needsNode(given: RequestOptions): boolean {
    const agent = this.#agent
    // Of a socket that only comes after its handshake, most of its keys were never heard.
    if (agent.listenerCount('keylog') > 0) return true
    return this.#hasNodesOwn(given) || this.#hasNodesOwn(agent.options)
  }

  #hasNodesOwn(options: object): boolean {
    const values = options as Record<string, unknown>
    if (!families.includes(values['family'])) return true
    return nodesOwn.some((name) => {
      const value = values[name]
      return value !== undefined && value !== null && value !== this.#ownLookup
    })
  }

  /** By way of `createConnection`, with all that it gets in Node; as it is now, whenever it is dialed. */
  #opener(given: RequestOptions, origin: Origin): OpenSocket {
    const options = connectOptions(this.#agent, given, origin)
    return (done) => {
      const returned = this.#agent.createConnection(options, (error, socket) =>
        done(error, this.#heard(socket)),
      )
      return this.#heard(returned)
    }
  }

  /** The secrets of its handshake go to the agent's listeners, if it has any. */
  #heard<T extends Socket | null | undefined>(socket: T): T {
    const agent = this.#agent
    if (typeof socket?.on === 'function' && agent.listenerCount('keylog') > 0) {
      socket.on('keylog', (line: Buffer) => agent.emit('keylog', line, socket))
    }
    return socket
  }
}

/** What Node's agent gives to `createConnection`, by the same names. */
export function connectOptions(
  agent: AgentFace,
  given: RequestOptions,
  { name, servername }: Pick<Origin, 'name' | 'servername'>,
): RequestOptions {
  const options: Record<string, unknown> = Object.assign(Object.create(null), given, agent.options)
  // The request's: on the socket it would go on when that is idle.
  delete options['timeout']
  if (servername !== undefined) options['servername'] = servername
  options['path'] = options['socketPath'] ?? null
  options['encoding'] = null
  options['_agentKey'] = name
  if (agent.keepAlive) {
    options['keepAlive'] = true
    options['keepAliveInitialDelay'] = agent.keepAliveMsecs
  }
  return options as RequestOptions
}
