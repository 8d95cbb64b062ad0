import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import {
  type Batch,
  batchMs,
  type Command,
  type ContenderFigures,
  type ContenderId,
  histogramBounds,
  type Point,
  protocolVersion,
  type RunInfo,
  type Snapshot,
} from '../../../src/protocol.ts'
import { leversOf, type Scenario, scenarioOf } from '../../../src/scenarios.ts'
import { Stage } from '../../../src/stage-state.ts'
import { FakePool, type FakeTraffic } from './fake-pool.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

const page = new URL('../../../dist/page/', import.meta.url)
const contenders: readonly ContenderId[] = ['agent', 'undici', 'ours']

/** Serves the real page, and tells it of a pool that there is not. */
export class FakeServer {
  readonly commands: Command[] = []
  /** How many events it has sent. */
  sent = 0
  readonly #server: Server
  readonly #readers = new Set<ServerResponse>()
  readonly #bootId = `${Math.random()}`
  readonly #scenario: Scenario
  readonly #latencies = new Map<ContenderId, number[]>()
  #pool: FakePool
  #timer: ReturnType<typeof setInterval> | undefined
  #stage = new Stage()
  #before = 0
  #isSilent = false
  #figuresDue = 0

  constructor(traffic: FakeTraffic) {
    this.#scenario = scenarioOf('burst') as Scenario
    this.#pool = new FakePool(traffic)
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      if (pathname === '/api/stream') this.#read(response)
      else if (pathname === '/api/command') this.#command(request, response)
      else serve(pathname, response)
    })
  }

  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#go()
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  /** As one that hangs: it takes connections, and says nothing to anybody. */
  silence(): void {
    this.#isSilent = true
  }

  speak(): void {
    this.#isSilent = false
    for (const reader of this.#readers) write(reader, this.#snapshot())
  }

  get t(): number {
    return this.#pool.t
  }

  /** So much time, told as fast as readers take it. */
  async rush(ms: number): Promise<void> {
    clearInterval(this.#timer)
    for (const end = this.t + ms; this.t < end; ) {
      const full = this.#tell(batchMs).filter((reader) => reader.writableNeedDrain)
      await Promise.all(full.map((reader) => once(reader, 'drain')))
    }
    this.#go()
  }

  #go(): void {
    this.#before = performance.now()
    this.#timer = setInterval(() => this.#beat(), batchMs)
  }

  #read(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    this.#readers.add(response)
    response.on('close', () => this.#readers.delete(response))
    if (!this.#isSilent) write(response, this.#snapshot())
  }

  async #command(request: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    this.commands.push(JSON.parse(body))
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}')
  }

  #beat(): void {
    const now = performance.now()
    this.#tell(now - this.#before)
    this.#before = now
  }

  /** What has happened in so much time. */
  #tell(ms: number): ServerResponse[] {
    const events = this.#pool.advance(ms)
    this.sent += events.length
    for (const event of events) this.#stage.fold(event)
    const t = this.#pool.t
    const points = Object.fromEntries(contenders.map((id) => [id, this.#points(id, t)]))
    const batch: Batch = {
      type: 'batch',
      t,
      events,
      points,
      ...(t >= this.#figuresDue && { figures: contenders.map((id) => this.#figures(id)) }),
    }
    if (batch.figures !== undefined) this.#figuresDue = t + 250
    const readers = this.#isSilent ? [] : [...this.#readers]
    for (const reader of readers) write(reader, batch)
    return readers
  }

  #points(id: ContenderId, t: number): readonly Point[] {
    const slow = id === 'ours' ? 12 : 210
    const points: Point[] = [0, 1, 2].map((i) => [
      t - i * 15,
      Math.random() < 0.8 ? 4 + 3 * Math.random() : slow * (0.9 + 0.2 * Math.random()),
    ])
    const latencies = this.#latencies.get(id) ?? []
    latencies.push(...points.map(([, ms]) => ms))
    this.#latencies.set(id, latencies.slice(-300))
    return points
  }

  #figures(id: ContenderId): ContenderFigures {
    const sorted = [...(this.#latencies.get(id) ?? [])].sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
    const latency = { count: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) }
    const histogram = [...histogramBounds.map(() => 0), 0]
    for (const ms of sorted) {
      const bin = histogramBounds.findIndex((bound) => ms <= bound)
      const i = bin === -1 ? histogramBounds.length : bin
      histogram[i] = (histogram[i] ?? 0) + 1
    }
    return {
      id,
      requests: sorted.length,
      done: sorted.length,
      errors: 0,
      inFlight: 3,
      dials: 40,
      open: 30,
      total: latency,
      recent: latency,
      histogram,
    }
  }

  #snapshot(): Snapshot {
    const run: RunInfo = {
      id: 1,
      scenario: this.#scenario.id,
      levers: leversOf(this.#scenario),
      contenders: [
        { id: 'agent', name: 'http.Agent', note: '' },
        { id: 'undici', name: 'undici', note: '' },
        { id: 'ours', name: 'wantconn', note: '' },
      ],
    }
    const { t } = this.#pool
    return {
      type: 'snapshot',
      version: protocolVersion,
      bootId: this.#bootId,
      run,
      clock: { mode: 'live', t, speed: 1, recordedFrom: 0, recordedTo: t },
      base: this.#stage.snapshot(),
      events: [],
      figures: [],
      points: {},
      marks: [],
      origins: [],
      server: { uptimeMs: 5_000, heapMb: 30, rssMb: 90, readers: 1, lagMs: 2 },
    }
  }
}

function write(response: ServerResponse, message: Snapshot | Batch): void {
  response.write(`data: ${JSON.stringify(message)}\n\n`)
}

async function serve(pathname: string, response: ServerResponse): Promise<void> {
  const name = pathname === '/' ? 'index.html' : pathname.slice(1)
  try {
    const body = await readFile(new URL(name, page))
    response.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain' }).end(body)
  } catch {
    response.writeHead(404).end()
  }
}
