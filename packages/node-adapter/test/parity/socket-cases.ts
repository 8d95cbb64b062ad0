import { once } from 'node:events'
import type { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { unusedPort } from '../support/origin.ts'
import type { ParityCase } from './cases.ts'
import { type Kit, shape, until } from './kit.ts'

type Bring = (error: Error | null, socket?: Duplex) => void

/** Where sockets come from, and where they go to. */
export const socketCases: readonly ParityCase[] = [
  ...(['returned', 'brought in the same tick', 'brought later'] as const).map((way) => ({
    when: `createConnection is replaced, and its socket is ${way}`,
    async see(kit: Kit) {
      const opened = await twice(kit, (open, bring) => {
        const socket = open()
        if (way === 'returned') return socket
        if (way === 'brought later') setImmediate(bring, null, socket)
        else bring(null, socket)
        return undefined
      })
      return opened
    },
  })),
  {
    when: 'createConnection brings a stream that is no socket, and keepAlive is false',
    see: (kit) => twice(kit, (open) => wrapped(open()), { keepAlive: false }),
  },
  {
    when: 'createConnection brings a socket that is destroyed',
    see: (kit) => twice(kit, (open) => open().destroy() as Socket),
  },
  {
    when: 'createConnection brings nothing, and calls back with an error later',
    see: (kit) =>
      twice(kit, (_, bring) => {
        setTimeout(bring, 5, new Error('mine'))
        return undefined
      }),
  },
  {
    when: 'a host is no name: it is in brackets, or has its port or a space in it',
    async see(kit) {
      const agent = await kit.agent()
      const port = await unusedPort()
      const seen: unknown[] = []
      for (const host of ['[::1]', '127.0.0.1:80', 'local host']) {
        try {
          await kit.get(agent, port, { host, headers: { host: 'a' } })
        } catch (error) {
          seen.push({ ...shape(error), message: undefined })
        }
      }
      return seen
    },
  },
  ...[
    ['an IPv4 address in short', '127.1'],
    ['a name with a dot at its end', 'localhost.'],
    ['a name in capitals', 'LOCALHOST'],
  ].map(([how, host]) => ({
    when: `a host is ${how}`,
    async see(kit: Kit) {
      const origin = await kit.origin((req, res) => res.end(req.headers.host?.split(':')[0]))
      const agent = await kit.agent()
      try {
        return (await kit.get(agent, origin.port, { host, family: 4 } as object)).body
      } catch (error) {
        return shape(error)
      }
    },
  })),
  {
    when: 'two requests differ in the case of their host',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent()
      const { socket } = await kit.get(agent, origin.port, { host: 'localhost', family: 4 })
      const other = await kit.get(agent, origin.port, { host: 'LOCALHOST', family: 4 })
      return other.socket === socket
    },
  },
  {
    when: 'getName says the same of two origins',
    async see(kit) {
      const [one, other] = [await kit.origin(echoPort), await kit.origin(echoPort)]
      const agent = await kit.agent()
      agent.getName = () => 'all'
      const bodies: string[] = []
      for (const { port } of [one, other]) bodies.push((await kit.get(agent, port)).body)
      return bodies.map((body) => [one.port, other.port].indexOf(Number(body)))
    },
  },
  {
    when: 'localAddress is one of this machine',
    async see(kit) {
      const origin = await kit.origin((req, res) => res.end(req.socket.remoteAddress))
      const agent = await kit.agent()
      return (await kit.get(agent, origin.port, { localAddress: '127.0.0.9' })).body
    },
  },
  {
    when: 'localAddress is of no interface of this machine',
    async see(kit) {
      const agent = await kit.agent()
      const localAddress = '192.0.2.1'
      return kit.get(agent, await unusedPort(), { localAddress }).catch(shape)
    },
  },
  {
    when: 'family asks for an address that the host has not',
    async see(kit) {
      const lookup = (...[, , callback]: unknown[]): void =>
        (callback as (...values: unknown[]) => void)(null, [{ address: '127.0.0.1', family: 4 }])
      const agent = await kit.agent()
      const options = { host: 'four.invalid', family: 6, lookup } as object
      return kit.get(agent, (await kit.origin()).port, options).then(
        () => 'answered',
        () => 'failed',
      )
    },
  },
  {
    when: 'a socket that nobody listens at is asked for by its path',
    only: 'http',
    async see(kit) {
      const agent = await kit.agent()
      return kit.get(agent, 80, { socketPath: '/tmp/nobody.sock' }).catch(shape)
    },
  },
  {
    when: 'an agent is told to remove the socket of an answered request',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent()
      const req = kit.request(agent, origin.port).end()
      const [res] = await once(req, 'response')
      req.socket?.emit('agentRemove')
      await once(res.resume(), 'end')
      const views = [agent.sockets, agent.freeSockets].map((view) => Object.keys(view).length)
      req.socket?.destroy()
      return views
    },
  },
]

function echoPort({ socket }: { socket: Socket }, res: { end(body: string): unknown }): void {
  res.end(String(socket.localPort))
}

/** Two requests by an agent with this `createConnection`: what they come to, and how many it opened. */
async function twice(
  kit: Kit,
  create: (open: () => Socket, bring: Bring) => Duplex | undefined,
  options: object = {},
): Promise<object> {
  const origin = await kit.origin()
  const agent: Agent = await kit.agent(options)
  let opened = 0
  agent.createConnection = (given, callback) => {
    opened++
    const open = (): Socket => opener(kit, given)
    return create(open, callback as Bring) as Socket
  }
  const seen: unknown[] = []
  for (let i = 0; i < 2; i++) {
    try {
      seen.push((await kit.get(agent, origin.port)).body)
    } catch (error) {
      seen.push(shape(error))
    }
  }
  await until(() => Object.values(agent.sockets).flat().length === 0)
  return { seen, opened, idle: Object.values(agent.freeSockets).flat().length }
}

function opener(kit: Kit, options: object): Socket {
  return kit.scheme === 'http' ? connect(options as { port: number }) : connectTls(options)
}

/** Any stream at all, as a tunnel may be. */
function wrapped(socket: Socket): Duplex {
  return Duplex.from({ readable: socket, writable: socket })
}
