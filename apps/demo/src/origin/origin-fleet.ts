import type { ContenderId, OriginState, OriginStatus, Protocol } from '../protocol.ts'
import type { Certificate } from './certificate.ts'
import type { OriginOrder } from './origin-message.ts'
import { type Origin, startOrigin } from './start-origin.ts'

/** How origins answer, of all protocols. */
export interface OriginManner {
  readonly workMs: number
  readonly maxStreams: number
}

interface Berth {
  readonly contender: ContenderId
  readonly protocol: Protocol
  origin: Origin | undefined
  /** Kept when it is stopped, as clients know it. */
  port: number
  state: OriginState
}

const protocols: readonly Protocol[] = ['http/1.1', 'https', 'h2']

/**
 * The origins: one of each protocol for ours, all the time, and one for each rival of the protocol
 * that is in use.
 */
export class OriginFleet {
  readonly #certificate: Certificate
  readonly #onChange: (what: string) => void
  readonly #berths = new Map<string, Berth>()
  #protocol: Protocol = 'http/1.1'
  #manner: OriginManner = { workMs: 5, maxStreams: 100 }
  #isClosed = false

  /** `onChange` is told in a few words what has happened, of faults and of processes that ended by themselves. */
  constructor(certificate: Certificate, onChange: (what: string) => void) {
    this.#certificate = certificate
    this.#onChange = onChange
  }

  /** Starts ours, of all protocols. */
  async open(): Promise<void> {
    await Promise.all(protocols.map((protocol) => this.#start(this.#berth('ours', protocol))))
  }

  /** Sees to it that these are up, healthy and answer in this manner. Resolves with the port of each. */
  async use(
    protocol: Protocol,
    contenders: readonly ContenderId[],
    manner: OriginManner,
  ): Promise<Map<ContenderId, number>> {
    this.#protocol = protocol
    this.#manner = manner
    this.#dismissRivals()
    const berths = contenders.map((contender) => this.#berth(contender, protocol))
    await Promise.all(berths.map((berth) => this.#makeReady(berth)))
    return new Map(berths.map(({ contender, port }) => [contender, port]))
  }

  adjust(manner: OriginManner): void {
    this.#manner = manner
    this.#tellAll({ set: manner })
  }

  get status(): OriginStatus[] {
    return this.#current().map(({ contender, protocol, port, state }) => {
      const scheme = protocol === 'http/1.1' ? 'http' : 'https'
      return { contender, protocol, url: `${scheme}://127.0.0.1:${port}/`, state }
    })
  }

  /** All of ours, for who wants to see that they are there. */
  get ours(): readonly { protocol: Protocol; port: number }[] {
    return [...this.#berths.values()].filter(({ contender }) => contender === 'ours')
  }

  reset(): void {
    this.#tellAll({ fault: 'reset' })
  }

  goaway(): void {
    this.#tellAll({ fault: 'goaway' })
  }

  drop(): void {
    this.#tellAll({ fault: 'drop' })
    this.#mark('up', 'dropping')
  }

  heal(): void {
    this.#tellAll({ fault: 'heal' })
    this.#mark('dropping', 'up')
  }

  /** Their processes end, and with them all connections. */
  async stop(): Promise<void> {
    await Promise.all(this.#current().map((berth) => end(berth)))
  }

  async start(): Promise<void> {
    const stopped = this.#current().filter(({ state }) => state === 'stopped')
    await Promise.all(stopped.map((berth) => this.#start(berth)))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#berths.values()].map((berth) => end(berth)))
  }

  #current(): Berth[] {
    return [...this.#berths.values()].filter(({ protocol }) => protocol === this.#protocol)
  }

  #berth(contender: ContenderId, protocol: Protocol): Berth {
    const name = `${contender} ${protocol}`
    const berth = this.#berths.get(name) ?? {
      contender,
      protocol,
      origin: undefined,
      port: 0,
      state: 'stopped',
    }
    this.#berths.set(name, berth)
    return berth
  }

  async #makeReady(berth: Berth): Promise<void> {
    if (berth.state === 'stopped') await this.#start(berth)
    berth.origin?.tell({ fault: 'heal' })
    berth.origin?.tell({ set: this.#manner })
    berth.state = 'up'
  }

  async #start(berth: Berth): Promise<void> {
    berth.state = 'starting'
    const { protocol, port } = berth
    const certificate = protocol === 'http/1.1' ? undefined : this.#certificate
    try {
      const settings = { protocol, port, certificate, gated: true, ...this.#manner }
      const origin = await startOrigin(settings)
      Object.assign(berth, { origin, port: origin.port, state: 'up' })
      void origin.ended.then(() => this.#onEnd(berth, origin))
    } catch (error) {
      berth.state = 'stopped'
      throw error
    }
  }

  #onEnd(berth: Berth, origin: Origin): void {
    if (berth.origin !== origin) return
    berth.origin = undefined
    berth.state = 'stopped'
    if (!this.#isClosed) this.#onChange(`the origin of ${berth.contender} has ended`)
  }

  #dismissRivals(): void {
    for (const [name, berth] of this.#berths) {
      if (berth.contender === 'ours' || berth.protocol === this.#protocol) continue
      this.#berths.delete(name)
      void end(berth)
    }
  }

  #tellAll(order: OriginOrder): void {
    for (const { origin } of this.#current()) origin?.tell(order)
  }

  #mark(from: OriginState, to: OriginState): void {
    for (const berth of this.#current()) if (berth.state === from) berth.state = to
  }
}

async function end(berth: Berth): Promise<void> {
  const { origin } = berth
  berth.origin = undefined
  berth.state = 'stopped'
  origin?.stop()
  await origin?.ended
}
