import type { PoolStats } from '@wantconn/pool-core'
import type { Contender } from '../contenders/contender.ts'
import { nodeAgent } from '../contenders/node-agent.ts'
import { type OurContender, ours } from '../contenders/ours.ts'
import { undiciAgent } from '../contenders/undici-agent.ts'
import { DialWatch } from '../inspector/dial-watch.ts'
import { PoolRecorder } from '../inspector/pool-recorder.ts'
import { StreamWatch } from '../inspector/stream-watch.ts'
import { TurnClock } from '../inspector/turn-clock.ts'
import type { LeverValues } from '../levers.ts'
import { urlsOf } from '../origin/hosts.ts'
import type { ContenderFigures, ContenderId, PoolEvent, RunInfo } from '../protocol.ts'
import { Racer } from '../race/racer.ts'
import type { Scenario } from '../scenarios.ts'
import { beats } from '../traffic/beats.ts'
import { demoLookup } from '../traffic/demo-lookup.ts'
import { DialDelays } from '../traffic/dial-delays.ts'
import { Pacer } from '../traffic/pacer.ts'

/** How long an idle connection is kept: shorter than the pause between two rounds of bursts. */
const idleMs = 1_500
/** The same for all; longer than the slowest dial and work together. */
const timeoutMs = 10_000
const fillSize = 200

export interface RunPlan {
  readonly id: number
  readonly scenario: Scenario
  readonly levers: LeverValues
  /** Where the origin of each contender is. */
  readonly ports: ReadonlyMap<ContenderId, number>
  /** Of the origins, in PEM. */
  readonly ca: string | undefined
  /** Instead of origins of ours. */
  readonly url?: URL | undefined
  readonly onEvent: (event: PoolEvent) => void
}

/** One scenario from cold: its contenders, the traffic that they get, and what is to be seen of it. */
export class Run {
  readonly #plan: RunPlan
  readonly #clock = new TurnClock()
  readonly #startedAt = this.#clock.now()
  readonly #recorder: PoolRecorder
  readonly #dialWatch: DialWatch
  readonly #streamWatch: StreamWatch
  readonly #racers: Racer[] = []
  readonly #urls = new Map<Racer, readonly URL[]>()
  readonly #delays: DialDelays[] = []
  readonly #ours: OurContender
  readonly #pacer: Pacer
  #levers: LeverValues
  #requests = 0
  #requestNow = 0

  constructor(plan: RunPlan) {
    this.#plan = plan
    this.#levers = plan.levers
    this.#recorder = new PoolRecorder({
      emit: (event) => this.#onEvent(event),
      clock: this.#clock,
      startedAt: this.#startedAt,
      request: () => this.#requestNow,
    })
    this.#dialWatch = new DialWatch(this.#recorder).start()
    this.#ours = this.#makeOurs()
    this.#streamWatch = new StreamWatch(this.#recorder, () => this.#ours.sessions())
    this.#pacer = new Pacer(this.#beats(), ({ size, beginsRound }) => {
      if (beginsRound) for (const delays of this.#delays) delays.beginRound()
      this.#send(size)
    })
    for (const id of plan.scenario.contenders) if (id !== 'ours') this.#addRival(id)
    // Last, so that nobody is served before the others just because it is ours.
    this.#add(this.#ours, () => this.#ours.stats().totals.dials)
  }

  get info(): RunInfo {
    const { id, scenario, url } = this.#plan
    return {
      id,
      scenario: scenario.id,
      levers: this.#levers,
      contenders: this.#racers.map(({ contender }) => contender.info),
      ...(url && { url: url.href }),
    }
  }

  get url(): URL | undefined {
    return this.#plan.url
  }

  get scenario(): Scenario {
    return this.#plan.scenario
  }

  get levers(): LeverValues {
    return this.#levers
  }

  /** Ms since it began. */
  get now(): number {
    return Math.round((performance.now() - this.#startedAt) * 100) / 100
  }

  get figures(): ContenderFigures[] {
    return this.#racers.map(({ figures }) => figures)
  }

  get stats(): PoolStats {
    return this.#ours.stats()
  }

  get racers(): readonly Racer[] {
    return this.#racers
  }

  go(): void {
    this.#pacer.go()
  }

  /** No new requests; what is in flight ends. */
  hold(): void {
    this.#pacer.hold()
  }

  /** The next requests of the plan, now. */
  beat(): void {
    this.#pacer.beat()
  }

  /** Many requests at once. */
  fill(): void {
    this.#send(fillSize)
  }

  /** Those levers that act on what is running. */
  adjust(levers: LeverValues): void {
    const { shape, perSecond } = this.#levers
    this.#levers = levers
    if (levers.shape !== shape || levers.perSecond !== perSecond) this.#pacer.follow(this.#beats())
  }

  lookAtStreams(): void {
    for (const event of this.#streamWatch.look(this.now)) this.#plan.onEvent(event)
  }

  close(): void {
    this.#pacer.hold()
    this.#dialWatch.stop()
    this.#recorder.stop()
    for (const { contender } of this.#racers) contender.close()
  }

  #beats() {
    return beats(
      () => this.#levers.shape,
      () => this.#levers.perSecond,
    )
  }

  #onEvent(event: PoolEvent): void {
    this.#plan.onEvent(event)
    // At once, so that no two sessions are new at the same look.
    if (event.type === 'dialed' && event.capacity !== undefined) this.lookAtStreams()
  }

  #makeOurs(): OurContender {
    const delays = this.#newDelays()
    return ours({
      lookup: demoLookup(() => delays.next(), this.#dialWatch),
      ca: this.#plan.ca,
      levers: this.#levers,
      idleMs: this.#plan.url ? 90_000 : idleMs,
      trace: this.#recorder.trace,
      clock: this.#clock,
    })
  }

  #addRival(id: ContenderId): void {
    const delays = this.#newDelays()
    const lookup = demoLookup(() => delays.next())
    const setup = { lookup, ca: this.#plan.ca, levers: this.#levers, idleMs }
    this.#add(id === 'agent' ? nodeAgent(setup) : undiciAgent(setup), () => delays.dials)
  }

  #newDelays(): DialDelays {
    const delays = new DialDelays(() => this.#levers)
    this.#delays.push(delays)
    return delays
  }

  #add(contender: Contender, dials: () => number): void {
    const racer = new Racer(contender, timeoutMs, () => this.now, dials)
    this.#racers.push(racer)
    this.#urls.set(racer, this.#urlsFor(contender.info.id))
  }

  #urlsFor(id: ContenderId): readonly URL[] {
    const { url, ports } = this.#plan
    if (url !== undefined) return [url]
    const { hosts, protocol } = this.#levers
    return urlsOf(hosts, protocol !== 'http/1.1', ports.get(id) ?? 0)
  }

  /** The same requests for everybody. */
  #send(size: number): void {
    const first = this.#requests + 1
    this.#requests += size
    for (const racer of this.#racers) {
      const urls = this.#urls.get(racer) as readonly URL[]
      for (let n = first; n < first + size; n++) {
        this.#requestNow = n
        racer.send(urls[n % urls.length] as URL)
      }
    }
    this.#requestNow = 0
  }
}
