import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import type { HttpAgent } from '../src/agent/index.ts'
import { netAdapter } from '../src/index.ts'
import { get, newAgent, send } from './support/agent.ts'
import { newGatedAgent } from './support/gated-dials.ts'
import { type Listening, startOrigin } from './support/origin.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Waits until nobody holds it any more. */
async function letGo(ref: WeakRef<object>): Promise<void> {
  await expect
    .poll(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
      return ref.deref() === undefined
    })
    .toBe(true)
}

/** A connection that has served a request; nothing of the test holds it. */
async function usedSocket(agent: HttpAgent, origin: Listening): Promise<WeakRef<Socket>> {
  await get(agent, origin.port)
  return new WeakRef(Object.values(agent.freeSockets).flat()[0] as Socket)
}

test('a connection that its server has ended is held by nobody', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  const ref = await usedSocket(agent, origin)

  for (const end of origin.sockets) end.end()

  await letGo(ref)
  expect(agent.pool.stats().totals.closed).toMatchObject({ 'closed-by-peer': 1 })
})

test('nor is one that the pool has closed', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  const ref = await usedSocket(agent, origin)

  agent.pool.closeIdle()

  await letGo(ref)
})

test('nor is one of a shared pool', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const pool = new Pool(netAdapter())
  onTestFinished(() => pool.destroy())
  const agent = newAgent({ pool })
  const ref = await usedSocket(agent, origin)

  pool.closeIdle()

  await letGo(ref)
})

test('nor is one that was dialed for nobody', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const { agent, dials } = newGatedAgent({ keepAlive: false })
  let ref: WeakRef<Socket> | undefined
  const original = agent.createConnection
  agent.createConnection = (options, callback) =>
    original.call(agent, options, (error, socket) => {
      ref = new WeakRef(socket as Socket)
      callback?.(error, socket)
    })
  const { req, reply } = send(agent, origin.port)
  req.destroy()
  await reply.catch(() => {})

  // What brings the socket holds it.
  dials.pop()?.finish()

  await expect.poll(() => ref !== undefined).toBe(true)
  await letGo(ref as unknown as WeakRef<Socket>)
  expect(agent.pool.stats().open).toBe(0)
})

test('nor is one that was upgraded, when its holder lets go', async () => {
  const origin = await startOrigin(() => {})
  origin.server.on('upgrade', (_, socket) => {
    socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n')
  })
  const agent = newAgent()

  const ref = await upgraded(agent, origin)

  await letGo(ref)
})

async function upgraded(agent: HttpAgent, origin: Listening): Promise<WeakRef<Socket>> {
  const { req } = send(agent, origin.port, { headers: { connection: 'upgrade', upgrade: 'x' } })
  const [, socket] = (await once(req, 'upgrade')) as [unknown, Socket]
  socket.destroy()
  return new WeakRef(socket)
}

test('a request that was answered is held by nobody, while its connection is idle', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()

  const ref = await answered(agent, origin)

  await letGo(ref)
  expect(agent.pool.stats().idle).toBe(1)
})

async function answered(agent: HttpAgent, origin: Listening): Promise<WeakRef<object>> {
  const { req, reply } = send(agent, origin.port)
  await reply
  return new WeakRef(req)
}
