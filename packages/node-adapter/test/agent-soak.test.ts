import { checkInvariants } from '@wantconn/pool-core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { newAgent, send } from './support/agent.ts'
import { startOrigin } from './support/origin.ts'

/** The same numbers from 0 to 1 each time: a failure can be looked at again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const kinds = ['end', 'end', 'end', 'close', 'reset', 'cut']

/** A server that treats its clients in every way there is. */
function startMoody(random: () => number) {
  return startOrigin((req, res) => {
    req.resume()
    const kind = kinds[Math.floor(random() * kinds.length)]
    setTimeout(() => {
      if (kind === 'end') res.end('ok')
      else if (kind === 'close') res.setHeader('connection', 'close').end('ok')
      else if (kind === 'reset') req.socket.resetAndDestroy()
      else res.writeHead(200, { 'content-length': 10 }).write('half', () => req.socket.destroy())
    }, random() * 5)
  })
}

test('1,000 requests with random aborts all end, and leave nothing behind', async () => {
  const warnings: Error[] = []
  const uncaught: unknown[] = []
  listenTo('warning', (warning) => warnings.push(warning as Error))
  listenTo('unhandledRejection', (error) => uncaught.push(error))
  const random = seeded(7)
  const origin = await startMoody(random)
  const agent = newAgent({ maxSockets: 10 })
  const before = process.getActiveResourcesInfo().length

  const ends = Array.from({ length: 1_000 }, () => endOf(send(agent, origin.port), random))
  const results = await Promise.all(ends)

  expect(results.filter((ends) => ends !== 1)).toEqual([])
  await expect.poll(() => agent.pool.stats()).toMatchObject({ leased: 0, waiting: 0, dialing: 0 })
  checkInvariants(agent.pool)
  expect([agent.requests, agent.sockets]).toEqual([{}, {}])
  for (const socket of Object.values(agent.freeSockets).flat()) {
    expect(socket?.eventNames().map((name) => socket.listenerCount(name))).toSatisfy(allSmall)
  }
  agent.destroy()
  await expect.poll(() => origin.sockets.size).toBe(0)
  await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  expect([warnings, uncaught]).toEqual([[], []])
})

/** How often a request has ended, some of them having been destroyed at any moment of their life. */
async function endOf(
  { req, reply }: ReturnType<typeof send>,
  random: () => number,
): Promise<number> {
  let closes = 0
  req.on('close', () => closes++)
  if (random() < 0.4) setTimeout(() => req.destroy(), random() * 400)
  else if (random() < 0.1) req.destroy()
  if (random() < 0.2) req.setTimeout(1 + random() * 300, () => req.destroy(new Error('slow')))
  await reply.catch(() => {})
  if (closes === 0) await new Promise((resolve) => req.once('close', resolve))
  return closes
}

function listenTo(event: 'warning' | 'unhandledRejection', listener: (what: unknown) => void) {
  process.on(event as 'warning', listener)
  onTestFinished(() => void process.off(event, listener))
}

function allSmall(counts: number[]): boolean {
  return counts.every((count) => count <= 3)
}
