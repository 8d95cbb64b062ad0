import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ParityCase } from './cases.ts'
import { type Kit, shape, soon, until } from './kit.ts'

/** What can happen to a request that has no socket yet. */
export const waitingCases: readonly ParityCase[] = [
  {
    when: 'a connection becomes free while the dial of a later request is slow',
    async see(kit) {
      const { origin, first, second, end } = await slowSecondDial(kit)
      ;(await origin.next()).res.end('first')
      await first.reply
      const served = soon(second.reply.then(({ body }) => body))
      const isAsked = await soon(origin.next().then(({ res }) => res.end('second')))
      end()
      return isAsked === 'nothing yet' ? isAsked : served
    },
  },
  {
    when: 'a connection becomes free while the dial of a later request is about to fail',
    async see(kit) {
      const { origin, first, second, fail } = await slowSecondDial(kit)
      ;(await origin.next()).res.end('first')
      await first.reply
      const ended = second.reply.then(({ body }) => body, shape)
      const isAsked = await soon(origin.next().then(({ res }) => res.end('second')))
      fail(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
      await isAsked
      return ended
    },
  },
  {
    when: 'a request that waits for maxSockets is destroyed',
    async see(kit) {
      const { second } = await oneWaiting(kit)
      const ended = second.reply.then(() => 'answered', shape)
      second.req.destroy()
      return soon(ended)
    },
  },
  {
    when: 'a request that waits for maxSockets is destroyed with an error',
    async see(kit) {
      const { second } = await oneWaiting(kit)
      const ended = second.reply.then(() => 'answered', shape)
      second.req.destroy(new Error('mine'))
      return soon(ended)
    },
  },
  {
    when: 'a request that waits for maxSockets is aborted by abort()',
    async see(kit) {
      const { second } = await oneWaiting(kit)
      const ended = second.reply.then(() => 'answered', shape)
      second.req.abort()
      return soon(ended)
    },
  },
  {
    when: 'the signal of a request that waits for maxSockets is aborted',
    async see(kit) {
      const controller = new AbortController()
      const { second } = await oneWaiting(kit, { signal: controller.signal })
      const ended = second.reply.then(() => 'answered', shape)
      controller.abort()
      return soon(ended)
    },
  },
  {
    when: 'the timeout of a request passes while it waits for maxSockets',
    async see(kit) {
      const { second } = await oneWaiting(kit, { timeout: 50 })
      return soon(new Promise((resolve) => second.req.on('timeout', () => resolve('timeout'))))
    },
  },
  {
    when: 'a request is destroyed in the tick in which it was made',
    async see(kit) {
      const origin = await kit.origin()
      const { req, reply } = kit.send(await kit.agent(), origin.port)
      req.destroy()
      return soon(reply.then(() => 'answered', shape))
    },
  },
  {
    when: 'the signal of a request has been aborted before',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent()
      const { reply } = kit.send(agent, origin.port, { signal: AbortSignal.abort() })
      return soon(reply.then(() => 'answered', shape))
    },
  },
  {
    when: 'a request destroyed while it waited had its turn come',
    async see(kit) {
      const { origin, first, second, agent } = await oneWaiting(kit)
      const third = kit.send(agent, origin.port, { path: '/third' })
      second.reply.catch(() => {})
      second.req.destroy()
      origin.held[0]?.res.end()
      await first.reply
      await until(() => origin.held.length > 1)
      const paths = origin.held.map(({ req }) => req.url)
      origin.held[1]?.res.end()
      await third.reply
      return paths
    },
  },
]

/** A request under way, and one that waits behind it. */
async function oneWaiting(kit: Kit, options: object = {}) {
  const origin = await kit.heldOrigin()
  const agent = await kit.agent({ maxSockets: 1 })
  const first = kit.send(agent, origin.port)
  await origin.next()
  const second = kit.send(agent, origin.port, { path: '/second', ...options })
  return { origin, agent, first, second }
}

/** A request under way, and one whose dial takes as long as the test says. */
async function slowSecondDial(kit: Kit) {
  const origin = await kit.heldOrigin()
  const agent = await kit.agent()
  const dials: ((error?: Error) => void)[] = []
  Object.assign(agent, {
    createConnection(options: { port: number }, callback: (e: unknown, s?: Socket) => void) {
      dials.push((error) => {
        if (error) callback(error)
        else opened(kit, options, callback)
      })
    },
  })
  const first = kit.send(agent, origin.port)
  dials[0]?.()
  await until(() => origin.held.length === 1)
  const second = kit.send(agent, origin.port)
  const fail = (error: Error): void => dials[1]?.(error)
  return { origin, agent, first, second, end: () => dials[1]?.(), fail }
}

function opened(
  kit: Kit,
  options: { port: number },
  callback: (e: unknown, s?: Socket) => void,
): void {
  const socket =
    kit.scheme === 'http' ? connectTcp(options) : (connectTls(options as never) as Socket)
  socket.on('error', () => {})
  socket.once(kit.scheme === 'http' ? 'connect' : 'secureConnect', () => callback(null, socket))
}
