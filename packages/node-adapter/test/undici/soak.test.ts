import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { checkInvariants } from '@wantconn/pool-core/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { watchProcess } from '../faults/watch-process.ts'
import { startOrigin } from '../support/origin.ts'
import { dispatch, newDispatcher } from './support/dispatcher.ts'
import { startH2Origin } from './support/h2-origin.ts'
import { engines } from './support/undicis.ts'

/** The same numbers from 0 to 1 each time: a failure can be looked at again. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const kinds = ['end', 'end', 'end', 'close', 'reset', 'cut', 'garbage', 'long'] as const

function answer(kind: (typeof kinds)[number], req: IncomingMessage, res: ServerResponse): void {
  if (kind === 'end') res.end('ok')
  else if (kind === 'close') res.setHeader('connection', 'close').end('ok')
  else if (kind === 'reset') req.socket.resetAndDestroy()
  else if (kind === 'garbage') req.socket.end('no HTTP at all')
  else if (kind === 'long') res.end(Buffer.alloc(300_000))
  else res.writeHead(200, { 'content-length': 10 }).write('half', () => req.socket.destroy())
}

const methods = ['GET', 'POST', 'HEAD', 'PUT']

function optionsOf(random: () => number, origin: string): object {
  const method = methods[Math.floor(random() * methods.length)] as string
  const kind = random()
  const body =
    method === 'GET' || method === 'HEAD'
      ? undefined
      : kind < 0.5
        ? 'text'
        : Readable.from(['a', 'b'])
  return { origin, method, body }
}

/** Dispatches so many requests with random faults and aborts; each ends exactly once. */
async function storm(count: number, send: () => ReturnType<typeof dispatch>, random: () => number) {
  const all = Array.from({ length: count }, async () => {
    await new Promise((resolve) => setTimeout(resolve, random() * 1_000))
    const sent = send()
    const fate = random()
    if (fate < 0.1) sent.abort()
    else if (fate < 0.4) setTimeout(() => sent.abort(new Error('aborted')), random() * 50)
    await sent.ended.catch(() => {})
    return sent
  })
  const sent = await Promise.all(all)
  // What comes late would come by now.
  await new Promise((resolve) => setTimeout(resolve, 50))
  for (const { calls } of sent) {
    expect(calls.filter((call) => call === 'end' || call === 'error')).toHaveLength(1)
    expect(calls.filter((call) => call === 'start')).toHaveLength(1)
    expect(['end', 'error']).toContain(calls.at(-1))
  }
  return sent
}

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined)(
    `800 requests with random faults, ${engine.name}`,
    () => {
      test.each([1, 2])('each end once, and leave nothing behind: seed %i', async (seed) => {
        const complaints = watchProcess()
        const random = seeded(seed)
        const origin = await startOrigin((req, res) => {
          req.resume().on('error', () => {})
          const kind = kinds[Math.floor(random() * kinds.length)] ?? 'end'
          setTimeout(() => answer(kind, req, res), random() * 5)
        })
        const dispatcher = newDispatcher({ undici: engine.undici, connections: 20 })
        const before = process.getActiveResourcesInfo().length
        const url = `http://127.0.0.1:${origin.port}`

        const send = () => {
          const generation = random() < 0.5 ? 'old' : 'new'
          return dispatch(dispatcher, optionsOf(random, url), generation)
        }
        const sent = await storm(800, send, random)

        const ended = sent.filter(({ calls }) => calls.includes('end')).length
        expect(ended).toBeGreaterThan(150)
        await expect
          .poll(() => dispatcher.pool.stats())
          .toMatchObject({ leases: 0, waiting: 0, dialing: 0 })
        checkInvariants(dispatcher.pool)
        await dispatcher.close()
        await expect.poll(() => origin.sockets.size).toBe(0)
        await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
        expect(complaints()).toEqual([])
      })
    },
  )
}

function answerH2(
  stream: ServerHttp2Stream,
  random: () => number,
  sockets: ReadonlySet<Socket>,
): void {
  const fate = random()
  const code = [1, 2, 7, 8, 11][Math.floor(random() * 5)]
  const { session } = stream.resume()
  setTimeout(() => {
    if (stream.destroyed) return
    // By its socket: a session of Node's that is destroyed may leave it open, and be silent for ever.
    if (fate < 0.01) bySocket(session, sockets)?.destroy()
    else if (fate < 0.03) session?.goaway(0, stream.id)
    if (fate < 0.2) stream.close(code)
    else {
      stream.respond({ ':status': 200 })
      stream.end(fate < 0.4 ? Buffer.alloc(200_000) : 'ok')
    }
  }, random() * 5)
}

function bySocket(
  session: Http2Session | undefined,
  sockets: ReadonlySet<Socket>,
): Socket | undefined {
  const port = session?.socket.remotePort
  return [...sockets].find(({ remotePort }) => remotePort === port)
}

/** The sockets that are opened from now on, by anybody who connects. */
function watchSockets(): () => number {
  const opened: Socket[] = []
  const note = (message: unknown): void => void opened.push((message as { socket: Socket }).socket)
  subscribe('net.client.socket', note)
  onTestFinished(() => void unsubscribe('net.client.socket', note))
  return () => opened.filter(({ destroyed }) => !destroyed).length
}

test('800 requests over HTTP/2 with resets, GOAWAY and lost sessions each end once', async () => {
  const complaints = watchProcess()
  const open = watchSockets()
  const random = seeded(3)
  const origin = await startH2Origin((stream) => answerH2(stream, random, origin.sockets), {
    settings: { maxConcurrentStreams: 10 },
  })
  // Node has a way of never telling of a session that is gone: see SessionPulse.
  const options = { tls: { ca: origin.ca }, connections: 5, pingInterval: 1_000 }
  const dispatcher = newDispatcher(options)
  const before = process.getActiveResourcesInfo().length

  const sent = await storm(800, () => dispatch(dispatcher, optionsOf(random, origin.url)), random)

  expect(sent.filter(({ calls }) => calls.includes('end')).length).toBeGreaterThan(250)
  await expect
    .poll(() => dispatcher.pool.stats())
    .toMatchObject({ leases: 0, waiting: 0, dialing: 0 })
  checkInvariants(dispatcher.pool)
  await dispatcher.close()
  await expect.poll(open).toBe(0)
  // It happens to the server, too, and there nobody asks.
  for (const socket of origin.sockets) socket.destroy()
  await expect.poll(() => process.getActiveResourcesInfo().length).toBeLessThanOrEqual(before)
  expect(complaints()).toEqual([])
})
