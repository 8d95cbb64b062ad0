import { randomUUID } from 'node:crypto'
import { inWords } from '../in-words.ts'
import type { LeverName, LeverValues } from '../levers.ts'
import type { Certificate } from '../origin/certificate.ts'
import { OriginFleet } from '../origin/origin-fleet.ts'
import {
  type Batch,
  batchMs,
  type Command,
  type Mark,
  maxRecordedEvents,
  maxRecordingMs,
  protocolVersion,
  type ServerStatus,
  type ShowClock,
  type Snapshot,
  type StreamMessage,
} from '../protocol.ts'
import { firstScenario, leversOf, type Scenario, scenarioOf } from '../scenarios.ts'
import { Collector } from './collector.ts'
import { faults } from './faults.ts'
import { changesOf, levered, needsRestart } from './lever-changes.ts'
import { Player } from './player.ts'
import { Recording } from './recording.ts'
import { Refusal } from './refusal.ts'
import { Run } from './run.ts'
import { latestOf } from './told-latest.ts'

/** One run and all that is kept of it. */
interface Stage {
  readonly run: Run
  readonly collector: Collector
  readonly recording: Recording
  readonly player: Player
}

interface Wish {
  readonly scenario: Scenario
  readonly levers: LeverValues
  readonly url?: URL | undefined
}

/** How long a step waits for something to happen, at the end of what is recorded. */
const stepPatienceMs = 1_000

/**
 * What is going on: one scenario at a time, for everybody who looks. Traffic flows only while it is
 * shown live; a replay is of what was recorded.
 */
export class Show {
  readonly bootId: string = randomUUID()
  readonly #fleet: OriginFleet
  readonly #certificate: Certificate
  readonly #publish: (message: StreamMessage) => void
  readonly #serverStatus: () => ServerStatus
  #stage: Stage | undefined
  #runs = 0
  #ticker: NodeJS.Timeout | undefined
  #tickedAt = 0
  #statusAt = 0
  /** Commands are done one after the other. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: {
    readonly certificate: Certificate
    readonly publish: (message: StreamMessage) => void
    readonly status: () => ServerStatus
  }) {
    this.#certificate = options.certificate
    this.#publish = options.publish
    this.#serverStatus = options.status
    this.#fleet = new OriginFleet(options.certificate, (what) => this.#onOrigin(what))
  }

  /** Starts the origins and the first scenario. */
  async open(): Promise<void> {
    await this.#fleet.open()
    const scenario = scenarioOf(firstScenario) as Scenario
    await this.#begin({ scenario, levers: leversOf(scenario) })
    this.#tickedAt = performance.now()
    this.#ticker = setInterval(() => this.#tick(), batchMs)
  }

  async close(): Promise<void> {
    clearInterval(this.#ticker)
    await this.#last.catch(() => {})
    this.#stage?.run.close()
    await this.#fleet.close()
  }

  get origins(): OriginFleet['ours'] {
    return this.#fleet.ours
  }

  /** Rejects with a `Refusal` for what makes no sense, or not now. */
  do(command: Command): Promise<void> {
    const done = this.#last.then(() => this.#do(command))
    this.#last = done.catch(() => {})
    return done
  }

  get snapshot(): Snapshot {
    const { run, player } = this.#current
    const told = player.told
    return {
      type: 'snapshot',
      version: protocolVersion,
      bootId: this.bootId,
      run: run.info,
      clock: this.#clock,
      base: told.base,
      events: told.events,
      ...latestOf(told.batches),
      origins: this.#origins,
      server: this.#serverStatus(),
    }
  }

  get #current(): Stage {
    if (this.#stage === undefined) throw new Refusal(409, 'The demo is still beginning.')
    return this.#stage
  }

  get #origins(): Snapshot['origins'] {
    return this.#current.run.info.url === undefined ? this.#fleet.status : []
  }

  get #clock(): ShowClock {
    const { run, player, recording } = this.#current
    const { mode, speed } = player
    return {
      mode,
      t: mode === 'live' ? run.now : player.t,
      speed,
      recordedFrom: recording.from,
      recordedTo: recording.to,
    }
  }

  async #do(command: Command): Promise<void> {
    const { run, player } = this.#current
    switch (command.command) {
      case 'pick':
        return this.#pick(command.scenario, command.levers ?? {})
      case 'restart':
        return this.#begin({ scenario: run.scenario, levers: run.levers, url: run.url })
      case 'lever':
        return this.#setLevers(command.levers)
      case 'fault':
        await faults[command.fault](this.#fleet, run)
        return this.#mark('fault', command.fault)
      case 'pause':
        return this.#pause()
      case 'resume':
        player.live()
        run.go()
        return this.#publish(this.snapshot)
      case 'step':
        return this.#step(command.count ?? 1)
      case 'replay':
        return this.#replay(command.from ?? 0, command.speed ?? 1)
      case 'visit':
        return this.#visit(new URL(command.url), command.perSecond ?? 2)
    }
  }

  #pick(id: string, levers: Partial<LeverValues>): Promise<void> {
    const scenario = scenarioOf(id)
    if (scenario === undefined) throw new Refusal(400, `There is no scenario ${id}.`, 'scenario')
    if (scenario.id === 'your-server') {
      throw new Refusal(400, 'Say which server: `visit` needs a URL.', 'scenario')
    }
    return this.#begin({ scenario, levers: levered(scenario, leversOf(scenario), levers) })
  }

  #visit(url: URL, perSecond: number): Promise<void> {
    const scenario = scenarioOf('your-server') as Scenario
    const protocol = url.protocol === 'https:' ? ('https' as const) : ('http/1.1' as const)
    const levers = { ...leversOf(scenario), perSecond, protocol }
    return this.#begin({ scenario, levers, url })
  }

  /** From cold. What was before ends when the origins of the new one are up. */
  async #begin({ scenario, levers, url }: Wish): Promise<void> {
    const { protocol } = levers
    const isOurs = url === undefined
    const ports = isOurs
      ? await this.#fleet.use(protocol, scenario.contenders, levers)
      : new Map<never, number>()
    this.#stage?.run.close()
    const collector = new Collector()
    const ca = isOurs && protocol !== 'http/1.1' ? this.#certificate.cert : undefined
    const onEvent = collector.add.bind(collector)
    const run = new Run({ id: ++this.#runs, scenario, levers, ports, ca, url, onEvent })
    const recording = new Recording({ maxEvents: maxRecordedEvents, maxMs: maxRecordingMs })
    this.#stage = { run, collector, recording, player: new Player(recording) }
    run.go()
    this.#publish(this.snapshot)
  }

  async #setLevers(wanted: Partial<LeverValues>): Promise<void> {
    const { run } = this.#current
    const levers = levered(run.scenario, run.levers, wanted)
    const changed = changesOf(run.levers, levers)
    if (changed.length === 0) return
    if (needsRestart(changed)) {
      await this.#begin({ scenario: run.scenario, levers })
      return
    }
    run.adjust(levers)
    this.#fleet.adjust(levers)
    this.#markLevers(changed, levers)
    this.#aside({ run: run.info })
  }

  #markLevers(changed: readonly LeverName[], levers: LeverValues): void {
    for (const name of changed) this.#mark('lever', `${name} ${levers[name]}`)
  }

  #pause(): void {
    const { run, player } = this.#current
    run.hold()
    this.#flush()
    player.pause(run.now)
    this.#aside({ clock: this.#clock })
  }

  async #step(count: number): Promise<void> {
    const { run, player } = this.#current
    if (player.mode !== 'paused') this.#pause()
    if (!player.hasMore) {
      run.beat()
      await this.#somethingToShow(player)
    }
    for (const batch of player.step(count)) this.#publish(batch)
    this.#aside({ clock: this.#clock })
  }

  async #somethingToShow(player: Player): Promise<void> {
    const until = performance.now() + stepPatienceMs
    while (!player.hasMore && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, batchMs / 2))
    }
  }

  #replay(from: number, speed: number): void {
    const { run, player, recording } = this.#current
    run.hold()
    this.#flush()
    if (recording.start.batch === recording.end.batch) {
      throw new Refusal(409, 'Nothing is recorded yet.')
    }
    player.replay(from, speed)
    this.#publish(this.snapshot)
  }

  #tick(): void {
    const now = performance.now()
    const passed = now - this.#tickedAt
    this.#tickedAt = now
    const { player } = this.#current
    this.#flush()
    const wasReplaying = player.mode === 'replaying'
    for (const batch of player.advance(passed)) this.#publish(batch)
    if (wasReplaying && player.mode !== 'replaying') this.#aside({ clock: this.#clock })
    if (now - this.#statusAt > 2_000) {
      this.#statusAt = now
      this.#aside({ server: this.#serverStatus(), clock: this.#clock })
    }
  }

  /** What has happened since: recorded always, shown if it is live. */
  #flush(): void {
    const { run, collector, recording, player } = this.#current
    for (const batch of collector.take(run)) {
      recording.add(batch)
      if (player.mode === 'live') this.#publish(batch)
    }
  }

  /** Of the present, whatever is shown; not recorded. */
  #aside(what: Omit<Batch, 'type' | 't'>): void {
    this.#publish({ type: 'batch', t: this.#clock.t, ...what })
  }

  #mark(kind: Mark['kind'], text: string): void {
    const { run, collector } = this.#current
    collector.mark({ t: run.now, kind, text })
    if (kind !== 'lever') this.#aside({ origins: this.#origins })
  }

  #onOrigin(what: string): void {
    if (this.#stage !== undefined) this.#mark('origin', inWords(what))
  }
}
