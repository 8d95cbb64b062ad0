import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Snapshot, StreamMessage } from '../protocol.ts'

/** Unread bytes beyond which a reader gets nothing more until it has read them; then a snapshot. */
const maxUnreadBytes = 1_000_000
/** One that has not caught up by then has gone away, or will come again. */
const maxLagMs = 15_000
/** So that neither end, nor anything between, takes the silence for the end. */
const heartbeatMs = 15_000
/** Messages kept for those who come again: a few seconds of them. */
const maxKept = 100
const maxKeptBytes = 2_000_000

interface Reader {
  readonly res: ServerResponse
  laggingSince: number | undefined
}

interface Frame {
  readonly number: number
  readonly text: string
}

/**
 * Server-sent events to any number of readers. What it keeps is bounded: a reader that is slow misses
 * messages and gets a snapshot instead, one that is gone is let go.
 */
export class EventStream {
  readonly #bootId: string
  readonly #snapshot: () => Snapshot
  readonly #readers = new Set<Reader>()
  readonly #heartbeat: NodeJS.Timeout
  #frames: Frame[] = []
  #keptBytes = 0
  #lastNumber = 0

  /** `snapshot`: all that whoever begins now must know. */
  constructor(bootId: string, snapshot: () => Snapshot) {
    this.#bootId = bootId
    this.#snapshot = snapshot
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref()
  }

  get readers(): number {
    return this.#readers.size
  }

  open(req: IncomingMessage, res: ServerResponse): void {
    res.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const reader: Reader = { res, laggingSince: undefined }
    this.#readers.add(reader)
    res.on('close', () => this.#readers.delete(reader)).on('error', () => {})
    res.on('drain', () => this.#onDrain(reader))
    res.write('retry: 500\n\n')
    const missed = this.#missedSince(req.headers['last-event-id'])
    if (missed === undefined) this.#sendSnapshot(reader)
    else for (const { text } of missed) res.write(text)
  }

  publish(message: StreamMessage): void {
    // What came before a snapshot is of no use to anybody any more.
    if (message.type === 'snapshot') this.#forget()
    const text = this.#frameOf(message, ++this.#lastNumber)
    this.#keep({ number: this.#lastNumber, text })
    for (const reader of this.#readers) this.#send(reader, text)
  }

  close(): void {
    clearInterval(this.#heartbeat)
    for (const { res } of this.#readers) res.destroy()
  }

  #send(reader: Reader, text: string): void {
    const { res } = reader
    if (reader.laggingSince === undefined) {
      if (res.writableLength <= maxUnreadBytes) res.write(text)
      else reader.laggingSince = performance.now()
    } else if (performance.now() - reader.laggingSince > maxLagMs) {
      res.destroy()
    }
  }

  #onDrain(reader: Reader): void {
    if (reader.laggingSince === undefined) return
    reader.laggingSince = undefined
    this.#sendSnapshot(reader)
  }

  #sendSnapshot({ res }: Reader): void {
    res.write(this.#frameOf(this.#snapshot(), this.#lastNumber))
  }

  #frameOf(message: StreamMessage, number: number): string {
    return `id: ${this.#bootId}/${number}\ndata: ${JSON.stringify(message)}\n\n`
  }

  /** What came after a message; `undefined` if that is not known any more, or was said by another server. */
  #missedSince(id: string | string[] | undefined): Frame[] | undefined {
    const [bootId, number] = String(id ?? '').split('/')
    if (bootId !== this.#bootId) return undefined
    const last = Number(number)
    const oldest = this.#frames[0]?.number ?? this.#lastNumber + 1
    if (!(last >= oldest - 1 && last <= this.#lastNumber)) return undefined
    return this.#frames.filter((frame) => frame.number > last)
  }

  #keep(frame: Frame): void {
    this.#frames.push(frame)
    this.#keptBytes += frame.text.length
    while (this.#frames.length > maxKept || this.#keptBytes > maxKeptBytes) {
      this.#keptBytes -= this.#frames.shift()?.text.length ?? 0
    }
  }

  #forget(): void {
    this.#frames = []
    this.#keptBytes = 0
  }

  #beat(): void {
    for (const reader of this.#readers) this.#send(reader, ':\n\n')
  }
}
