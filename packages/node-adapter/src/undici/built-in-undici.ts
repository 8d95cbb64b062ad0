import type { ClientClass } from './engine.ts'
import { globalSlots, slotValue, wakeBuiltIn } from './global-slots.ts'

interface Emitter {
  on(event: string, listener: (origin: unknown, targets: unknown[]) => void): unknown
  dispatch(options: object, handler: object): unknown
  destroy?(): Promise<unknown>
}
type AgentClass = new (options: object) => Emitter

let found: Promise<ClientClass> | undefined

/**
 * The `Client` of the undici inside Node. There is no documented way to it. But Node's `fetch` has an
 * `Agent` where everybody can see it, and that shows its clients when they fail to connect.
 */
export function builtInUndici(): Promise<ClientClass> {
  found ??= findClient()
  return found
}

async function findClient(): Promise<ClientClass> {
  wakeBuiltIn()
  for (const slot of globalSlots) {
    const dispatcher = slotValue(slot)
    const Client = dispatcher instanceof Object ? await clientOf(dispatcher) : undefined
    if (Client !== undefined) return Client
  }
  found = undefined
  throw new Error(
    "no undici was found: another dispatcher stands in the place of Node's own; install undici 7 or 8, or give it as the option 'undici'",
  )
}

async function clientOf(dispatcher: object): Promise<ClientClass | undefined> {
  try {
    return await shownBy(new (dispatcher.constructor as AgentClass)(agentOptions))
  } catch {
    // No agent of undici's: what else can be said of it is nobody's business.
    return undefined
  }
}

const agentOptions = {
  connections: 1,
  connect: (_: unknown, done: (error: Error) => void) =>
    queueMicrotask(() => done(new Error('never to be connected'))),
}

function shownBy(agent: Emitter): Promise<ClientClass | undefined> {
  return new Promise((resolve) => {
    agent.on('connectionError', (_, targets) => {
      const client = targets.at(-1) as object
      resolve(client === agent ? undefined : (client.constructor as ClientClass))
    })
    const ended = (): void => {
      setImmediate(resolve, undefined)
    }
    // Both generations in one, as it is not known yet which it takes.
    const handler = {
      onConnect: () => {},
      onHeaders: () => {},
      onData: () => {},
      onComplete: () => {},
      onError: ended,
      onRequestStart: () => {},
      onResponseStart: () => {},
      onResponseData: () => {},
      onResponseEnd: () => {},
      onResponseError: ended,
    }
    agent.dispatch({ origin: 'http://localhost', path: '/', method: 'GET' }, handler)
  })
}
