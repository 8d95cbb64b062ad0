import { EventEmitter, once } from 'node:events'
import http from 'node:http'
import type { PoolStats } from '@wantconn/pool-core'
import type {
  Command,
  CommandReply,
  ContenderFigures,
  ContenderId,
  Mark,
  OriginStatus,
  Point,
  PoolEvent,
  RunInfo,
  ShowClock,
  StreamMessage,
} from '../../src/protocol.ts'
import { Stage } from '../../src/stage-state.ts'

/** A reader of the stream, as the page is: it folds what comes, and remembers all of one run. */
export class Spectator {
  readonly url: string
  run: RunInfo | undefined
  stage: Stage = new Stage()
  clock: ShowClock | undefined
  stats: PoolStats | undefined
  figures: readonly ContenderFigures[] = []
  origins: readonly OriginStatus[] = []
  readonly events: PoolEvent[] = []
  readonly points: Record<ContenderId, Point[]> = { agent: [], undici: [], ours: [] }
  readonly marks: Mark[] = []
  /** All stats of the run so far. */
  readonly allStats: PoolStats[] = []
  /** Where the events did not add up to what the pool says of itself. */
  readonly contradictions: string[] = []
  snapshots = 0
  lastId = ''
  readonly #changes = new EventEmitter()
  #res: http.IncomingMessage | undefined

  constructor(url: string) {
    this.url = url
  }

  /** Resolves when it knows what is going on: a run that is not its own must not be taken for a new one. */
  async watch(): Promise<void> {
    const headers = this.lastId === '' ? {} : { 'last-event-id': this.lastId }
    const req = http.get(new URL('/api/stream', this.url), { headers, agent: false })
    const [res] = (await once(req, 'response')) as [http.IncomingMessage]
    this.#res = res
    let rest = ''
    res.setEncoding('utf8').on('error', () => {})
    res.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#read(line)
    })
    const { snapshots } = this
    if (this.lastId === '') await this.until('a first snapshot', () => this.snapshots > snapshots)
  }

  leave(): void {
    this.#res?.destroy()
  }

  async tell(command: Command | object): Promise<CommandReply & { readonly status: number }> {
    const response = await fetch(new URL('/api/command', this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    })
    return { status: response.status, ...((await response.json()) as CommandReply) }
  }

  /** Tells a command that is done. */
  async do(command: Command): Promise<void> {
    const reply = await this.tell(command)
    if (!reply.ok) throw new Error(`${JSON.stringify(command)}: ${reply.error}`)
  }

  /** Begins a run, and waits for its snapshot. */
  async begin(command: Command): Promise<void> {
    const before = this.run?.id ?? 0
    await this.do(command)
    await this.until('a new run', () => (this.run?.id ?? 0) > before)
  }

  async until(what: string, isSo: () => boolean, withinMs = 60_000): Promise<void> {
    const signal = AbortSignal.timeout(withinMs)
    try {
      while (!isSo()) await once(this.#changes, 'change', { signal })
    } catch {
      throw new Error(`never came: ${what}; ${this.#situation}`)
    }
  }

  of<Type extends PoolEvent['type']>(type: Type): Extract<PoolEvent, { type: Type }>[] {
    return this.events.filter((event) => event.type === type) as never
  }

  figuresOf(id: ContenderId): ContenderFigures | undefined {
    return this.figures.find((one) => one.id === id)
  }

  get #situation(): string {
    const figures = this.figures.map(({ histogram: _, ...rest }) => rest)
    return JSON.stringify({ stats: this.stats, figures, clock: this.clock, marks: this.marks })
  }

  #read(line: string): void {
    if (line.startsWith('id: ')) this.lastId = line.slice(4)
    if (!line.startsWith('data: ')) return
    this.#take(JSON.parse(line.slice(6)))
    this.#changes.emit('change')
  }

  #take(message: StreamMessage): void {
    if (message.type === 'snapshot') {
      this.snapshots++
      this.stage = new Stage(message.base)
      this.stats = undefined
      for (const list of [this.events, this.marks, this.allStats]) list.length = 0
      for (const list of Object.values(this.points)) list.length = 0
    }
    for (const event of message.events ?? []) {
      this.events.push(event)
      this.stage.fold(event)
    }
    this.run = message.run ?? this.run
    this.clock = message.clock ?? this.clock
    this.origins = message.origins ?? this.origins
    this.figures = message.figures ?? this.figures
    this.marks.push(...(message.marks ?? []))
    for (const id of ['agent', 'undici', 'ours'] as const) {
      this.points[id].push(...(message.points?.[id] ?? []))
    }
    if (message.stats !== undefined) this.#takeStats(message.stats, message.type === 'batch')
  }

  #takeStats(stats: PoolStats, isWithEvents: boolean): void {
    this.stats = stats
    this.allStats.push(stats)
    if (!isWithEvents) return
    const { waiting, dialing, idle, leased } = stats
    const told = JSON.stringify({ waiting, dialing, idle, leased })
    const folded = JSON.stringify(countOf(this.stage))
    if (told !== folded) this.contradictions.push(`the pool: ${told}, the events: ${folded}`)
  }
}

function countOf(stage: Stage) {
  const counts = { waiting: 0, dialing: 0, idle: 0, leased: 0 }
  for (const { waiting, dials, conns } of stage.lanes.values()) {
    counts.waiting += waiting.size
    counts.dialing += dials.size
    for (const { state } of conns.values()) counts[state]++
  }
  return counts
}
