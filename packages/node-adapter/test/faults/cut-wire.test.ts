import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { newHttpsAgent, send } from '../support/agent.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startTcp } from '../support/origin.ts'
import { watchProcess } from './watch-process.ts'

/** Prime, so that in the end all kinds of offsets are met. */
const step = 7

/** A wire to a port that passes so many bytes of what comes back, then resets or ends both sides. */
async function startWire(port: number) {
  const next = { passes: Number.POSITIVE_INFINITY, how: 'reset' as 'reset' | 'end' }
  const passed = { bytes: 0 }
  const wire = await startTcp((client) => {
    const { passes, how } = next
    const server = connect(port, '127.0.0.1').on('error', () => {})
    passed.bytes = 0
    client.pipe(server).on('close', () => client.destroy())
    client.on('close', () => server.destroy())
    server.on('data', (data) => {
      const rest = passes - passed.bytes
      passed.bytes += data.length
      if (data.length < rest) client.write(data)
      else client.write(data.subarray(0, rest), () => setImmediate(cut, client, server, how))
    })
  })
  return { wire, next, passed }
}

function cut(client: Socket, server: Socket, how: 'reset' | 'end'): void {
  if (how === 'reset') client.resetAndDestroy()
  else client.end()
  server.destroy()
}

test.each(['reset', 'end'] as const)(
  '%s at any byte of TLS, its handshake included: one end, no leak',
  async (how) => {
    const seen = watchProcess()
    const origin = await startHttpsOrigin((_, res) => res.end('hello'))
    const { wire, next, passed } = await startWire(origin.port)
    // Every dial is a full handshake, so that the offsets mean the same each time.
    const agent = await newHttpsAgent({ maxCachedSessions: 0 })
    next.how = how

    await send(agent, wire.port, { headers: { connection: 'close' } }).reply
    const whole = passed.bytes
    expect(whole).toBeGreaterThan(500)
    for (let bytes = 0; bytes < whole - 60; bytes += step) {
      next.passes = bytes
      const { req, reply } = send(agent, wire.port)
      const ends = { error: 0, close: 0 }
      req.on('error', () => ends.error++).on('close', () => ends.close++)
      const body = await reply.then(({ body }) => body, String)

      expect(body, `after ${bytes} of ${whole} bytes`).not.toBe('hello')
      await expect.poll(() => ends.close, { interval: 1 }).toBe(1)
      expect(ends.error).toBeLessThanOrEqual(1)
      await expect.poll(() => agent.pool.stats(), { interval: 1 }).toMatchObject({ open: 0 })
    }

    expect(agent.pool.stats()).toMatchObject({ open: 0, dialing: 0, waiting: 0 })
    await expect.poll(() => wire.sockets.size + origin.sockets.size).toBe(0)
    expect(seen()).toEqual([])
  },
  60_000,
)
