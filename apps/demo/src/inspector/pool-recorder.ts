import type {
  ConnClosedEvent,
  DialDoneEvent,
  DialStartEvent,
  GetConnEvent,
  GotConnEvent,
  PoolTrace,
  PutIdleEvent,
  WantFailedEvent,
} from '@wantconn/pool-core'
import { inWords } from '../in-words.ts'
import type { ConnId, DialId, DialPhase, LaneId, PoolEvent, WantId, Winner } from '../protocol.ts'
import { takeBegunAt } from './begun-at.ts'
import { capacityOf, portOf } from './conn-facts.ts'
import { hostOf, isAddress, nameOf } from './key-names.ts'

interface WantRecord {
  readonly id: WantId
  readonly request: number
  readonly at: number
}

interface DialRecord {
  readonly id: DialId
  readonly at: number
  phase: DialPhase
}

interface LaneRecord {
  readonly id: LaneId
  readonly key: string
  readonly wants: WantRecord[]
  readonly dials: DialRecord[]
}

interface ConnRecord {
  readonly id: ConnId
  readonly lane: LaneRecord
  uses: number
  /** Straight from this dial: nobody has had it, and it was not idle. */
  fresh: { readonly dial: DialId; readonly surplus: boolean } | undefined
}

export interface RecorderOptions {
  /** Called for each event, in order. */
  readonly emit: (event: PoolEvent) => void
  /** The pool's own. */
  readonly clock: { now(): number }
  /** When the run began, by that clock. */
  readonly startedAt: number
  /** Whose request is being sent at this moment; 0: nobody's. */
  readonly request: () => number
}

/**
 * Makes events with numbers of what a pool's trace tells.
 *
 * A trace names keys and connections, but neither wants nor dials. Each of these is known by the time
 * at which it began, which the durations in the trace count back to; of several that began
 * at the same moment for one key it is the first, as they differ in nothing else.
 */
export class PoolRecorder {
  readonly trace: PoolTrace<object>
  readonly #options: RecorderOptions
  readonly #lanes = new Map<string, LaneRecord>()
  readonly #conns = new Map<object, ConnRecord>()
  #lastWant = 0
  #lastDial = 0
  #lastConn = 0
  #isOver = false

  constructor(options: RecorderOptions) {
    this.#options = options
    this.trace = {
      getConn: (event) => this.#onGetConn(event),
      dialStart: (event) => this.#onDialStart(event),
      dialDone: (event) => this.#onDialDone(event),
      gotConn: (event) => this.#onGotConn(event),
      wantFailed: (event) => this.#onWantFailed(event),
      putIdle: (event) => this.#onPutIdle(event),
      connClosed: (event) => this.#onConnClosed(event),
    }
  }

  /** The run is over; what its pool still tells is nobody's business. */
  stop(): void {
    this.#isOver = true
    this.#lanes.clear()
    this.#conns.clear()
  }

  /** Open connections with their numbers, in the order in which they were opened. */
  conns(): IterableIterator<
    [object, { readonly id: ConnId; readonly lane: { readonly id: LaneId } }]
  > {
    return this.#conns.entries()
  }

  /**
   * The oldest dial of such a key that is in the phase `from` goes on to `to`. Dials of a key go
   * through their phases one like the other; which of two is ahead is not to be seen from outside.
   */
  advance(isOf: (key: string) => boolean, from: DialPhase, to: DialPhase): void {
    for (const lane of this.#lanes.values()) {
      const dial = isOf(lane.key) && lane.dials.find(({ phase }) => phase === from)
      if (dial) {
        this.#enter(lane, dial, to)
        return
      }
    }
  }

  #enter(lane: LaneRecord, dial: DialRecord, phase: DialPhase): void {
    dial.phase = phase
    this.#emit({ type: 'phase', t: this.#t(), lane: lane.id, dial: dial.id, phase })
  }

  #onGetConn({ key }: GetConnEvent): void {
    if (this.#isOver) return
    const lane = this.#lane(key)
    const id = ++this.#lastWant
    const request = this.#options.request()
    lane.wants.push({ id, request, at: this.#now() })
    this.#emit({ type: 'want', t: this.#t(), lane: lane.id, want: id, request })
  }

  #onDialStart({ key }: DialStartEvent): void {
    if (this.#isOver) return
    const lane = this.#lane(key)
    const dial: DialRecord = { id: ++this.#lastDial, at: this.#now(), phase: 'lookup' }
    lane.dials.push(dial)
    this.#emit({ type: 'dial', t: this.#t(), lane: lane.id, dial: dial.id })
    if (isAddress(hostOf(key))) this.#enter(lane, dial, 'connect')
  }

  #onDialDone({ key, durationMs, error, conn, surplus }: DialDoneEvent<object>): void {
    if (this.#isOver) return
    const lane = this.#lane(key)
    const dial = takeBegunAt(lane.dials, this.#now() - durationMs)
    if (dial === undefined) return
    const ended = {
      type: 'dialed' as const,
      t: this.#t(),
      lane: lane.id,
      dial: dial.id,
      durationMs: round(durationMs),
      surplus,
    }
    if (conn === undefined) this.#emit({ ...ended, error: inWords(error) })
    else this.#emit({ ...ended, ...this.#open(conn, lane, dial.id, surplus) })
  }

  #open(conn: object, lane: LaneRecord, dial: DialId, surplus: boolean) {
    const id = ++this.#lastConn
    this.#conns.set(conn, { id, lane, uses: 0, fresh: { dial, surplus } })
    const port = portOf(conn)
    const capacity = capacityOf(conn)
    return {
      conn: id,
      ...(port !== undefined && { port }),
      ...(capacity !== undefined && { capacity }),
    }
  }

  #onGotConn(event: GotConnEvent<object>): void {
    const record = this.#conns.get(event.conn)
    if (record === undefined) return
    const { lane } = record
    const want = takeBegunAt(lane.wants, this.#now() - event.waitedMs)
    if (want === undefined) return
    const dial = record.fresh?.dial
    this.#emit({
      type: 'got',
      t: this.#t(),
      lane: lane.id,
      want: want.id,
      request: want.request,
      conn: record.id,
      by: winnerOf(event, record),
      waitedMs: round(event.waitedMs),
      idleMs: round(event.idleMs),
      reused: event.reused,
      ...(dial !== undefined && { dial }),
    })
    record.fresh = undefined
    record.uses++
  }

  #onWantFailed({ key, error, waitedMs }: WantFailedEvent): void {
    if (this.#isOver) return
    const lane = this.#lane(key)
    const want = takeBegunAt(lane.wants, this.#now() - waitedMs)
    if (want === undefined) return
    const { id, request } = want
    const failed = { want: id, request, error: inWords(error), waitedMs: round(waitedMs) }
    this.#emit({ type: 'want-failed', t: this.#t(), lane: lane.id, ...failed })
  }

  #onPutIdle({ conn }: PutIdleEvent<object>): void {
    const record = this.#conns.get(conn)
    if (record === undefined) return
    const { id, lane } = record
    this.#emit({ type: 'idle', t: this.#t(), lane: lane.id, conn: id, ...freshFrom(record) })
    record.fresh = undefined
  }

  #onConnClosed({ conn, reason, error }: ConnClosedEvent<object>): void {
    const record = this.#conns.get(conn)
    if (record === undefined) return
    this.#conns.delete(conn)
    const { id, lane, uses } = record
    this.#emit({
      type: 'closed',
      t: this.#t(),
      lane: lane.id,
      conn: id,
      reason,
      uses,
      ...(error && { error: inWords(error) }),
      ...freshFrom(record),
    })
  }

  #lane(key: string): LaneRecord {
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const lane = { id: this.#lanes.size + 1, key, wants: [], dials: [] }
    this.#lanes.set(key, lane)
    this.#emit({ type: 'lane', t: this.#t(), lane: lane.id, key, name: nameOf(key) })
    return lane
  }

  #emit(event: PoolEvent): void {
    this.#options.emit(event)
  }

  #now(): number {
    return this.#options.clock.now()
  }

  #t(): number {
    return round(this.#now() - this.#options.startedAt)
  }
}

function winnerOf({ wasIdle, shared }: GotConnEvent<object>, { fresh }: ConnRecord): Winner {
  if (fresh !== undefined) return fresh.surplus ? 'other-dial' : 'own-dial'
  if (wasIdle) return 'idle'
  return shared ? 'room' : 'handed-over'
}

function freshFrom({ fresh }: ConnRecord): { readonly dial?: DialId } {
  return fresh === undefined ? {} : { dial: fresh.dial }
}

/** Hundredths of a millisecond are as fine as anybody looks, and shorter to send. */
function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
