import { protocolVersion, type Snapshot, type StreamMessage } from '../../src/protocol.ts'

export type Link = 'connecting' | 'live' | 'away'

export interface StreamListener {
  message(message: StreamMessage): void
  /** `restarted`: the server is another than before. */
  link(link: Link, restarted: boolean): void
  /** The server speaks another version: only a reload helps. */
  outdated(): void
}

/** The server tells how it is every two seconds; if it is silent for so long, it is away. */
const silenceMs = 7_000
const retryMs = 1_000

/**
 * Listens to the page server for as long as the page is open. EventSource connects again by itself
 * after most losses; where it gives up, or where nothing comes any more, a new one is made.
 */
export class EventStream {
  readonly #url: string
  readonly #listener: StreamListener
  #source: EventSource | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  #bootId: string | undefined
  #restarted = false

  constructor(url: string, listener: StreamListener) {
    this.#url = url
    this.#listener = listener
    listener.link('connecting', false)
    this.#open()
  }

  close(): void {
    clearTimeout(this.#silence)
    this.#source?.close()
  }

  #open(): void {
    this.close()
    const source = new EventSource(this.#url)
    this.#source = source
    source.onmessage = ({ data }) => this.#take(JSON.parse(data))
    source.onerror = () => {
      this.#listener.link('away', false)
      if (source.readyState === EventSource.CLOSED) this.#openLater(retryMs)
    }
    this.#openLater(silenceMs)
  }

  #openLater(ms: number): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      this.#listener.link('away', false)
      this.#open()
    }, ms)
  }

  #take(message: StreamMessage): void {
    if (message.type === 'snapshot' && !this.#meets(message)) return
    this.#openLater(silenceMs)
    this.#listener.link('live', this.#restarted)
    this.#restarted = false
    this.#listener.message(message)
  }

  /** False: nothing that it says can be understood. */
  #meets({ version, bootId }: Snapshot): boolean {
    if (version !== protocolVersion) {
      this.close()
      this.#listener.outdated()
      return false
    }
    this.#restarted = this.#bootId !== undefined && this.#bootId !== bootId
    this.#bootId = bootId
    return true
  }
}
