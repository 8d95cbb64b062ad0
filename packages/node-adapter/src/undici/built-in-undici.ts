import type { ClientClass } from './engine.ts'
import { globalSlots, slotValue, wakeBuiltIn } from './global-slots.ts'

interface Agent {
  dispatch(options: object, handler: object): unknown
}
type AgentClass = new (options: object) => Agent

let found: ClientClass | undefined

/**
 * The `Client` of the undici inside Node. There is no documented way to it. But Node's `fetch` has an
 * `Agent` where everybody can see it, and one that is made like it keeps its clients in a map.
 */
export function builtInUndici(): ClientClass {
  found ??= findClient()
  return found
}

function findClient(): ClientClass {
  wakeBuiltIn()
  for (const slot of globalSlots) {
    const dispatcher = slotValue(slot)
    const Client = dispatcher instanceof Object ? clientOf(dispatcher) : undefined
    if (Client !== undefined) return Client
  }
  throw new Error(
    "no undici was found: another dispatcher stands in the place of Node's own; install undici 7 or 8, or give it as the option 'undici'",
  )
}

function clientOf(dispatcher: object): ClientClass | undefined {
  try {
    const agent = new (dispatcher.constructor as AgentClass)({ connections: 1, connect: () => {} })
    // Refused for its handler, but not before the agent has made a client for it.
    agent.dispatch({ origin: 'http://localhost', path: '/', method: 'GET' }, refusing)
    return clientIn(agent)
  } catch {
    // No agent of undici's: what else can be said of it is nobody's business.
    return undefined
  }
}

const refusing = { onError: () => {}, onResponseError: () => {} }

function clientIn(agent: object): ClientClass | undefined {
  for (const symbol of Object.getOwnPropertySymbols(agent)) {
    const kept = (agent as Record<symbol, unknown>)[symbol]
    for (const value of kept instanceof Map ? kept.values() : []) {
      const client = (value as { dispatcher?: object }).dispatcher ?? value
      if (isClient(client)) return client.constructor as ClientClass
    }
  }
  return undefined
}

/** Unlike a pool, or whatever else there may be one day. */
function isClient(value: object): boolean {
  return 'pipelining' in value && typeof (value as Partial<Agent>).dispatch === 'function'
}
