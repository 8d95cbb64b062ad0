import { type CloseReason, closeReasons } from '../../close-reason.ts'
import { isPoolError } from '../../errors.ts'

/** What can happen in a simulation: its steps, and what the pool does about them. */
export const simulationEvents = [
  'life',
  'want',
  'tryAcquire',
  'cancel',
  'abort',
  'release',
  'discard',
  'detach',
  'finish',
  'fail',
  'die',
  'drain',
  'capacity',
  'break',
  'advance',
  'jump',
  'warm',
  'closeIdle',
  'close',
  'destroy',
  'dial',
  'got',
  'failed',
  'closed',
  'idle',
  'used',
] as const

/**
 * - `life`: a pool was made; its number
 * - what a script can do, one for each step that found something to do it to
 * - `dial`: the pool has begun one
 * - `got`, `failed`: a caller's answer
 * - `closed`, `idle`, `used`: what the pool told its adapter
 */
export type SimulationEvent = (typeof simulationEvents)[number]

const codeOf = Object.fromEntries(simulationEvents.map((name, code) => [name, code])) as Record<
  SimulationEvent,
  number
>
const reasonCode = Object.fromEntries(closeReasons.map((name, code) => [name, code])) as Record<
  CloseReason,
  number
>

/**
 * What happened, in order: as numbers in a digest, always, and as lines of text for whoever asks.
 * Equal digests are equal logs, but for one chance in 2⁶⁴.
 */
export class EventLog {
  readonly counts: number[] = simulationEvents.map(() => 0)
  readonly #say: ((line: string) => void) | undefined
  #high = 0x811c9dc5
  #low = 0x01234567

  constructor(say?: ((line: string) => void) | undefined) {
    this.#say = say
  }

  /** 16 hexadecimal digits. */
  get digest(): string {
    return hex(this.#high) + hex(this.#low)
  }

  note(event: SimulationEvent, subject: number, detail: number): void {
    this.#add(event, subject, detail)
    if (this.#say !== undefined) this.#say(`${event} ${subject}${detail === 0 ? '' : ` ${detail}`}`)
  }

  closed(subject: number, reason: CloseReason): void {
    this.#add('closed', subject, reasonCode[reason])
    if (this.#say !== undefined) this.#say(`closed ${subject} ${reason}`)
  }

  failed(subject: number, error: unknown): void {
    const why = isPoolError(error)
      ? error.code
      : error instanceof Error
        ? error.message
        : `${error}`
    this.#add('failed', subject, why.length)
    for (let i = 0; i < why.length; i++) this.#mix(why.charCodeAt(i))
    if (this.#say !== undefined) this.#say(`failed ${subject} ${why}`)
  }

  #add(event: SimulationEvent, subject: number, detail: number): void {
    const code = codeOf[event]
    this.counts[code] = (this.counts[code] ?? 0) + 1
    this.#mix(code)
    this.#mix(subject)
    this.#mix(detail)
  }

  /** Two multiplications whose odd factors have no more in common than chance. */
  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x01000193)
    this.#high ^= this.#high >>> 15
    this.#low = Math.imul(this.#low ^ (value + 0x9e3779b9), 0x85ebca6b)
    this.#low ^= this.#low >>> 13
  }
}

function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, '0')
}
