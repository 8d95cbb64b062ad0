import { once } from 'node:events'
import { unusedPort } from '../support/origin.ts'
import type { ParityCase } from './cases.ts'
import { type Kit, shape } from './kit.ts'

const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => 'no error', shape)

/** What goes wrong, and how it is told. */
export const errorCases: readonly ParityCase[] = [
  {
    when: 'nobody listens at the port',
    async see(kit) {
      return failed(kit.get(await kit.agent(), await unusedPort()))
    },
  },
  {
    when: 'nobody listens at any of two addresses',
    async see(kit) {
      const lookup = twoAddresses
      return failed(kit.get(await kit.agent(), await unusedPort(), { host: 'two.invalid', lookup }))
    },
  },
  {
    when: 'nobody listens at any of two addresses that the lookup of the agent finds',
    async see(kit) {
      const agent = await kit.agent({ lookup: twoAddresses as never })
      return failed(kit.get(agent, await unusedPort(), { host: 'two.invalid' }))
    },
  },
  {
    when: 'a name is not known',
    async see(kit) {
      return failed(kit.get(await kit.agent(), 80, { host: 'nowhere.invalid' }))
    },
  },
  {
    when: 'lookup fails with an error of its own',
    async see(kit) {
      const lookup = (...args: unknown[]): void => {
        const callback = args[2] as (error: Error) => void
        callback(Object.assign(new Error('no such name'), { code: 'EMINE' }))
      }
      return failed(kit.get(await kit.agent(), 80, { host: 'x.invalid', lookup } as never))
    },
  },
  {
    when: 'createConnection throws',
    async see(kit) {
      const agent = await kit.agent()
      agent.createConnection = () => {
        throw new Error('mine')
      }
      try {
        return await failed(kit.get(agent, 1))
      } catch (error) {
        return { thrown: shape(error) }
      }
    },
  },
  {
    when: 'createConnection calls back with an error',
    async see(kit) {
      const agent = await kit.agent()
      agent.createConnection = (_, callback) => {
        setImmediate(callback as (error: Error) => void, new Error('mine'))
        return undefined
      }
      return failed(kit.get(agent, 1))
    },
  },
  {
    when: 'the server closes the connection instead of answering',
    async see(kit) {
      const origin = await kit.origin((req) => req.socket.destroy())
      return failed(kit.get(await kit.agent(), origin.port))
    },
  },
  {
    when: 'the server resets the connection instead of answering',
    only: 'http',
    async see(kit) {
      const origin = await kit.origin((req) => req.socket.resetAndDestroy())
      return failed(kit.get(await kit.agent(), origin.port))
    },
  },
  {
    when: 'the server closes the connection within an answer',
    async see(kit) {
      const origin = await kit.origin((req, res) => {
        res.writeHead(200, { 'content-length': 100 })
        res.write('half', () => req.socket.destroy())
      })
      return failed(kit.get(await kit.agent(), origin.port))
    },
  },
  {
    when: 'the server answers with something that is not HTTP',
    async see(kit) {
      const origin = await kit.origin((req) => req.socket.write('nonsense\r\n\r\n'))
      return failed(kit.get(await kit.agent(), origin.port))
    },
  },
  {
    when: 'the signal of a request under way is aborted',
    async see(kit) {
      const { controller, reply, origin } = await underWay(kit)
      await origin.next()
      controller.abort()
      return failed(reply)
    },
  },
  {
    when: 'a request under way is destroyed with an error',
    async see(kit) {
      const { req, reply, origin } = await underWay(kit)
      await origin.next()
      req.destroy(new Error('mine'))
      return failed(reply)
    },
  },
  {
    when: 'the timeout of a request under way passes',
    async see(kit) {
      const { req, reply } = await underWay(kit, { timeout: 50 })
      await once(req, 'timeout')
      const isAlive = !req.destroyed
      req.destroy()
      return { isAlive, error: await failed(reply) }
    },
  },
  {
    when: 'the timeout of the agent passes while a request is under way',
    async see(kit) {
      const origin = await kit.heldOrigin()
      const agent = await kit.agent({ timeout: 50 })
      const { req, reply } = kit.send(agent, origin.port)
      const timedOut = once(req, 'timeout')
      await origin.next()
      await timedOut
      req.destroy()
      return failed(reply)
    },
  },
  {
    when: 'a port is out of range',
    async see(kit) {
      const agent = await kit.agent()
      return thrown(() => kit.send(agent, 70_000))
    },
  },
  {
    when: 'a host has a control character',
    async see(kit) {
      const agent = await kit.agent()
      const options = { host: 'a\u0007b', headers: { host: 'ab' } }
      const outcome = thrown(() => kit.send(agent, 80, options))
      return typeof outcome === 'string' ? outcome : { ...outcome, hostname: undefined }
    },
  },
  {
    when: 'localAddress is no address',
    async see(kit) {
      const agent = await kit.agent()
      return thrown(() => kit.send(agent, 80, { localAddress: 'here' }))
    },
  },
  {
    when: 'a request asks for the other protocol',
    async see(kit) {
      const agent = await kit.agent()
      return thrown(() => kit.send(agent, 80, { protocol: 'ftp:' }))
    },
  },
]

function thrown(run: () => { reply: Promise<unknown> }): object | string {
  try {
    run().reply.catch(() => {})
    return 'it did not throw'
  } catch (error) {
    return shape(error)
  }
}

async function underWay(kit: Kit, options: object = {}) {
  const origin = await kit.heldOrigin()
  const agent = await kit.agent()
  const controller = new AbortController()
  const given = { signal: controller.signal, ...options }
  return { origin, controller, ...kit.send(agent, origin.port, given) }
}

function twoAddresses(...args: unknown[]): void {
  const [, options, callback] = args as [string, { all?: boolean }, (...values: unknown[]) => void]
  const found = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
  if (options.all) callback(null, found)
  else callback(null, '127.0.0.1', 4)
}
