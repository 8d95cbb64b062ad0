import { constants } from 'node:http2'
import { expect, test } from 'vitest'
import type { Http2Client } from '../src/index.ts'
import { newClient, text } from './support/fixtures.ts'
import { type RawOrigin, type RawSession, startRaw } from './support/raw-origin.ts'

const {
  NGHTTP2_CANCEL,
  NGHTTP2_ENHANCE_YOUR_CALM,
  NGHTTP2_INTERNAL_ERROR,
  NGHTTP2_NO_ERROR,
  NGHTTP2_REFUSED_STREAM,
} = constants

/** A longer storm: WANTCONN_STORM=100000 npx vitest run --project http2-adapter storm */
const requests = Number(process.env['WANTCONN_STORM'] ?? 1_000)
const callers = 60
const limit = 20

/** What a request may fail with in this storm. */
const expected = [
  'ABORTED',
  'ERR_H2_GOAWAY',
  'ERR_H2_SESSION_LOST',
  'ERR_H2_STREAM_RESET',
  'ERR_H2_UNRESPONSIVE',
]

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One session's server: mostly it answers, and it keeps its word about what it does not process. */
class Weather {
  readonly #session: RawSession
  readonly #random: () => number
  readonly #acted: Map<string, number>
  #lastActed = 0
  #lastProcessed = Number.POSITIVE_INFINITY

  constructor(session: RawSession, random: () => number, acted: Map<string, number>) {
    this.#session = session
    this.#random = random
    this.#acted = acted
  }

  onBody(id: number, body: string): void {
    let dice = this.#random()
    for (const [probability, trouble] of this.#troubles) {
      dice -= probability
      if (dice < 0) {
        trouble(id)
        return
      }
    }
    if (dice < 0.02) this.#changeLimit()
    if (dice < 0.03) this.#endGracefully()
    setTimeout(() => this.#answer(id, body), this.#upTo(5))
  }

  /** What may come over a request instead of its answer, with its probability. */
  readonly #troubles: readonly (readonly [number, (id: number) => unknown])[] = [
    [0.02, (id) => this.#turnAway(id, NGHTTP2_NO_ERROR)],
    [0.01, (id) => this.#turnAway(id, NGHTTP2_ENHANCE_YOUR_CALM)],
    [0.02, (id) => this.#session.reset(id, NGHTTP2_REFUSED_STREAM)],
    [0.01, (id) => this.#session.reset(id, NGHTTP2_INTERNAL_ERROR)],
    [0.01, (id) => this.#cutBody(id)],
    [0.01, () => this.#session.socket.resetAndDestroy()],
  ]

  #turnAway(id: number, code: number): void {
    this.#goaway(Math.max(this.#lastActed, id - 2), code)
    if (id <= this.#lastProcessed) this.#session.reset(id, NGHTTP2_INTERNAL_ERROR)
  }

  /** No new ones; what came in the meantime is told later (RFC 9113, section 6.8). */
  #endGracefully(): void {
    this.#goaway(2 ** 31 - 1, NGHTTP2_NO_ERROR)
    setTimeout(() => this.#goaway(this.#lastActed, NGHTTP2_NO_ERROR), 2)
  }

  #goaway(last: number, code: number): void {
    this.#lastProcessed = Math.min(this.#lastProcessed, last)
    this.#session.goaway(this.#lastProcessed, code)
  }

  #cutBody(id: number): void {
    this.#session.respond(id)
    this.#session.data(id, 'half')
    this.#session.reset(id, NGHTTP2_CANCEL)
    this.#lastActed = Math.max(this.#lastActed, id)
  }

  /** Down to none at worst, and soon up again. */
  #changeLimit(): void {
    this.#session.settings(this.#upTo(limit))
    setTimeout(() => this.#session.settings(limit), this.#upTo(10))
  }

  #answer(id: number, body: string): void {
    if (id > this.#lastProcessed) return
    this.#lastActed = Math.max(this.#lastActed, id)
    this.#acted.set(body, (this.#acted.get(body) ?? 0) + 1)
    this.#session.respond(id)
    this.#session.data(id, body.repeat(1 + this.#upTo(1_000)), true)
  }

  #upTo(most: number): number {
    return Math.floor(this.#random() * (most + 1))
  }
}

function startStorm(random: () => number, acted: Map<string, number>): Promise<RawOrigin> {
  const weathers = new WeakMap<RawSession, Weather>()
  return startRaw({
    onSession(session) {
      weathers.set(session, new Weather(session, random, acted))
      session.settings(limit)
    },
    onBody: (session, id, body) => weathers.get(session)?.onBody(id, body),
  })
}

async function send(
  client: Http2Client,
  url: string,
  body: string,
  random: () => number,
): Promise<string> {
  const abort = new AbortController()
  const dice = random()
  if (dice < 0.1) setTimeout(() => abort.abort({ code: 'ABORTED' }), random() * 20)
  try {
    const { stream } = await client.request(url, {}, { signal: abort.signal, body })
    if (dice > 0.95) {
      stream.destroy()
      return 'LEFT'
    }
    const answer = await text(stream)
    return answer !== '' && answer.replaceAll(body, '') === '' ? 'WHOLE' : 'CUT WITHOUT AN ERROR'
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error)
  }
}

test.each([1, 2, 3])(
  'in storm %i each request ends once, none is acted on twice, and nothing is left',
  async (seed) => {
    const random = numbers(seed)
    const acted = new Map<string, number>()
    const origin = await startStorm(random, acted)
    // Node may not notice that a connection was reset while it wrote to it: pings do.
    const client = newClient({
      expectedStreams: limit,
      pingIntervalMs: 1_000,
      pingTimeoutMs: 2_000,
    })
    const outcomes: Record<string, number> = {}
    let next = 0
    const caller = async (): Promise<void> => {
      while (next < requests) {
        const outcome = await send(client, origin.url, `${next++}.`, random)
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      }
    }

    await Promise.all(Array.from({ length: callers }, caller))

    const { WHOLE = 0, LEFT, ...failed } = outcomes
    expect(Object.keys(failed).filter((code) => !expected.includes(code))).toEqual([])
    expect(WHOLE).toBeGreaterThan(requests / 4)
    expect([...acted].filter(([, times]) => times > 1)).toEqual([])
    await expect.poll(() => client.stats()).toMatchObject({ leases: 0, streams: 0, waiting: 0 })
    await client.close()
    await expect.poll(() => client.stats().sessions).toEqual([])
    await expect.poll(() => origin.sessions.every(({ socket }) => socket.destroyed)).toBe(true)
  },
  60_000,
)
