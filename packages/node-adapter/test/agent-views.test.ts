import type { Socket } from 'node:net'
import { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { agentAdapter } from '../src/agent/agent-adapter.ts'
import { LiveViews } from '../src/agent/live-views.ts'
import { type AgentTarget, originOf } from '../src/agent/origin.ts'
import { netAdapter } from '../src/index.ts'
import { get, newAgent, send } from './support/agent.ts'
import { newGatedAgent } from './support/gated-dials.ts'
import { startHeldOrigin } from './support/held-origin.ts'
import { startOrigin } from './support/origin.ts'

test('a connection that came too late for its request is in freeSockets, never used', async () => {
  const origin = await startHeldOrigin()
  const { agent, dials } = newGatedAgent()
  const first = send(agent, origin.port)
  dials[0]!.finish()
  const { res } = await origin.request()
  const second = send(agent, origin.port)
  res.end()
  const taken = await origin.request()

  dials[1]!.finish()
  await expect.poll(() => agent.pool.stats().idle).toBe(1)

  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1)
  taken.res.end()
  await Promise.all([first.reply, second.reply])
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(2)
})

test.each([
  ['the server', (ends: Iterable<Socket>) => [...ends].forEach((end) => void end.end())],
  ['a reset', (ends: Iterable<Socket>) => [...ends].forEach((end) => void end.resetAndDestroy())],
])('an idle connection that %s has ended is in no view', async (_, end) => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()
  const { socket } = await get(agent, origin.port)

  end(origin.sockets)
  await expect.poll(() => socket.destroyed).toBe(true)

  expect([agent.freeSockets, agent.sockets]).toEqual([{}, {}])
})

test('of a shared pool, an agent shows the connections that have served it', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const pool = new Pool(netAdapter())
  onTestFinished(() => pool.destroy())
  const [one, other] = [newAgent({ pool }), newAgent({ pool })]

  const { socket } = await get(one, origin.port)
  expect(Object.values(one.freeSockets).flat()).toEqual([socket])
  expect(other.freeSockets).toEqual({})
  for (const end of origin.sockets) end.end()
  await expect.poll(() => socket.closed).toBe(true)

  expect(one.freeSockets).toEqual({})
})

test('an idle socket has one listener of ours for each of the events that end it', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const agent = newAgent()

  for (let i = 0; i < 20; i++) await get(agent, origin.port)

  const [socket] = Object.values(agent.freeSockets).flat()
  const counts = ['free', 'agentRemove', 'close', 'error', 'data', 'timeout'].map((name) =>
    socket?.listenerCount(name),
  )
  expect(counts).toEqual([1, 1, 1, 1, 1, 0])
})

test('hooks of a trace given to an agent are called', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const closed: unknown[] = []
  const agent = newAgent({ trace: { connClosed: ({ reason }) => closed.push(reason) } })
  await get(agent, origin.port)

  agent.destroy()

  expect(closed).toEqual(['close-idle'])
  expect(agent.freeSockets).toEqual({})
})

test('a socket that its adapter is told to close is known no more, even if no request had it', async () => {
  const origin = await startOrigin(() => {})
  const views = new LiveViews()
  const adapter = agentAdapter({}, views)
  const target = { host: '127.0.0.1', port: origin.port }
  const mark = { target, name: 'mine', servername: undefined, key: undefined }
  const link = { signal: new AbortController().signal, closed() {}, drain() {}, setCapacity() {} }

  const socket = await adapter.dial({ ...target, [originOf]: mark } as AgentTarget, link)
  adapter.onIdle?.(socket)
  expect(views.freeSockets).toEqual({ mine: [socket] })
  expect(views.size).toBe(1)

  adapter.close(socket, 'dial-unwanted')

  expect(views.size).toBe(0)
})

test('what is no trace is refused', () => {
  expect(() => newAgent({ trace: 5 as never })).toThrow(/trace/)
})
