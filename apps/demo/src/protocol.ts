import type { PoolStats } from '@wantconn/pool-core'
import type { LeverValues, ScenarioId } from './scenarios.ts'

// What crosses the wire between the page server and its page. Types and numbers only: the page
// imports this file too.
//
//   GET  /api/stream    server-sent events; the `data` of each is one `StreamMessage` as JSON
//   POST /api/command   a `Command` as JSON; answers with a `CommandReply`
//
// A reader gets a `snapshot` when it connects, and again whenever what it has is no longer a base to
// build on: another scenario, the start or end of a replay, a reader that was too slow. It forgets
// all it had and begins anew. After it come `batch`es, in order and without gaps; so whoever folds
// each batch into what the snapshot gave is never out of step. When the connection ends, EventSource
// connects again by itself and gets the missed batches, if there are few and the server is the
// same, else a snapshot. `bootId` tells a server that was started anew.
//
// All times are ms since the run began (a run: one scenario, from cold), also in a replay.

/** A page of another version than its server asks to be reloaded. */
export const protocolVersion = 1

/** A batch goes out this often, if there is anything to tell. */
export const batchMs = 50

/** One batch has at most so many events; what is beyond goes into the next one, at once. */
export const maxEventsPerBatch = 500

/** One batch has at most so many points for each contender; of more, the slowest of each moment stay. */
export const maxPointsPerBatch = 60

/** A snapshot brings the latest so many events, from which histories can be told. */
export const maxRecentEvents = 1_500

/** A recording is no longer than this; of a longer run the latest part is kept. */
export const maxRecordingMs = 60_000
export const maxRecordedEvents = 40_000

/** Numbers that count up within one run. One lane is one key of the pool. */
export type LaneId = number
export type WantId = number
export type DialId = number
export type ConnId = number

export type Protocol = 'http/1.1' | 'https' | 'h2'

// ---------------------------------------------------------------------------------- pool events

/** A key was seen for the first time in this run; comes before all else of that key. */
export interface LaneEvent {
  readonly type: 'lane'
  readonly t: number
  readonly lane: LaneId
  /** The pool's key in full. */
  readonly key: string
  /** Short: host and port. */
  readonly name: string
}

/** A want was stated. It waits until `got` or `want-failed`, which may have the same `t`. */
export interface WantEvent {
  readonly type: 'want'
  readonly t: number
  readonly lane: LaneId
  readonly want: WantId
  /** Who wants it: the number of the request in this run. 0: nobody knows (sent again by a client). */
  readonly request: number
}

/** A dial begins. The want that asked for it is not told: late binding. */
export interface DialEvent {
  readonly type: 'dial'
  readonly t: number
  readonly lane: LaneId
  readonly dial: DialId
}

/** What a dial is doing: it begins with `lookup`. `handshake`: TLS, for h2 also the peer's SETTINGS. */
export type DialPhase = 'lookup' | 'connect' | 'handshake'

export interface PhaseEvent {
  readonly type: 'phase'
  readonly t: number
  readonly lane: LaneId
  readonly dial: DialId
  readonly phase: DialPhase
}

/**
 * A dial has ended, with `conn` or with `error`. What became of a connection is told by the event
 * that follows in the same turn: `got` (`by: 'own-dial'` or `'other-dial'`), `idle` with `dial`, or
 * `closed` with `dial`.
 */
export interface DialedEvent {
  readonly type: 'dialed'
  readonly t: number
  readonly lane: LaneId
  readonly dial: DialId
  readonly durationMs: number
  readonly conn?: ConnId
  /** The local port of that connection: tells it apart in other tools. */
  readonly port?: number
  /** Leases that it carries at once, if more than one. */
  readonly capacity?: number
  readonly error?: string
  /** Its own want was settled before it ended. */
  readonly surplus: boolean
}

/**
 * Who won the race for a want.
 *
 * - `idle`: an idle connection, at once
 * - `room`: a connection that others are using and that had room for one more (HTTP/2)
 * - `handed-over`: another request was done with it, and it was not idle in between
 * - `own-dial`: the dial that was begun for this want
 * - `other-dial`: a dial that was begun for another want, settled meanwhile
 */
export type Winner = 'idle' | 'room' | 'handed-over' | 'own-dial' | 'other-dial'

/** A want got a connection. For one that carries one lease at a time, its last lease is over by now. */
export interface GotEvent {
  readonly type: 'got'
  readonly t: number
  readonly lane: LaneId
  readonly want: WantId
  readonly request: number
  readonly conn: ConnId
  readonly by: Winner
  readonly waitedMs: number
  /** 0 unless `by` is `idle`. */
  readonly idleMs: number
  readonly reused: boolean
  /** The dial that the connection comes from straight: told for its first lease, unless it was idle before. */
  readonly dial?: DialId
}

/** A want ended without a connection: its dial failed, the line was full, it was canceled, …. */
export interface WantFailedEvent {
  readonly type: 'want-failed'
  readonly t: number
  readonly lane: LaneId
  readonly want: WantId
  readonly request: number
  /** The error's code, else its message. */
  readonly error: string
  readonly waitedMs: number
}

/** A connection has become idle; with `dial` straight from that dial, which nobody waited for any more. */
export interface IdleEvent {
  readonly type: 'idle'
  readonly t: number
  readonly lane: LaneId
  readonly conn: ConnId
  readonly dial?: DialId
}

/** A connection has left the pool. With `dial`: straight after that dial, as nobody may use it. */
export interface ClosedEvent {
  readonly type: 'closed'
  readonly t: number
  readonly lane: LaneId
  readonly conn: ConnId
  /** A `CloseReason` of the pool. */
  readonly reason: string
  readonly error?: string
  /** Leases that it has served. */
  readonly uses: number
  readonly dial?: DialId
}

/** The streams of an HTTP/2 session have changed; looked at once for each batch, so steps may be missing. */
export interface StreamsEvent {
  readonly type: 'streams'
  readonly t: number
  readonly lane: LaneId
  readonly conn: ConnId
  readonly streams: number
  /** Streams that its peer takes at once. */
  readonly capacity: number
  /** GOAWAY has come: it ends with its last stream. */
  readonly draining: boolean
}

export type PoolEvent =
  | LaneEvent
  | WantEvent
  | DialEvent
  | PhaseEvent
  | DialedEvent
  | GotEvent
  | WantFailedEvent
  | IdleEvent
  | ClosedEvent
  | StreamsEvent

// ------------------------------------------------------------------------ what folding them gives

// `Stage` in `stage-state.ts` folds events into one of these, and knows no Node: the page may use it,
// or keep a picture of its own.

export interface StageState {
  readonly lanes: readonly LaneState[]
  readonly ledger: Ledger
}

export interface LaneState {
  readonly lane: LaneId
  readonly key: string
  readonly name: string
  /** In line, who came first first. */
  readonly waiting: readonly WaitingState[]
  readonly dials: readonly DialState[]
  readonly conns: readonly ConnState[]
}

export interface WaitingState {
  readonly want: WantId
  readonly request: number
  readonly since: number
}

export interface DialState {
  readonly dial: DialId
  readonly since: number
  readonly phase: DialPhase
}

export interface ConnState {
  readonly conn: ConnId
  readonly state: 'leased' | 'idle'
  /** Since when it is in that state. */
  readonly since: number
  readonly openedAt: number
  readonly dial: DialId
  readonly port?: number
  /** Leases it has served, the one it has included. */
  readonly uses: number
  /** The request it serves or has served last. */
  readonly request?: number
  readonly streams?: number
  readonly capacity?: number
  readonly draining?: boolean
}

/**
 * Every dial of the run, once: `flying + own + other + idle + unused + failed`. `surplus` counts
 * again those of them whose own want was settled before they ended.
 */
export interface Ledger {
  readonly flying: number
  /** Served the want that it was begun for. */
  readonly own: number
  /** Came late, and served another want. */
  readonly other: number
  /** Came late, and went idle. */
  readonly idle: number
  /** Came late, and was closed at once. */
  readonly unused: number
  /** Brought no connection. */
  readonly failed: number
  readonly surplus: number
}

// ------------------------------------------------------------------------------------- the race

export type ContenderId = 'agent' | 'undici' | 'ours'

/** All three get the same requests at the same moments; each has an origin of its own. */
export interface Contender {
  readonly id: ContenderId
  /** `http.Agent`, `undici`, `wantconn`. */
  readonly name: string
  /** What is special about it here, such as `HTTP/1.1 over TLS: Node has no agent for HTTP/2`; may be empty. */
  readonly note: string
}

/** One answered request: when it was answered, and how long it took from its start, in ms. */
export type Point = readonly [t: number, latencyMs: number]

export interface Latency {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export interface ContenderFigures {
  readonly id: ContenderId
  readonly requests: number
  /** Answered. */
  readonly done: number
  readonly errors: number
  readonly inFlight: number
  /** Since the run began. */
  readonly dials: number
  /** Open connections now. */
  readonly open: number
  /** Of the whole run. */
  readonly total: Latency
  /** Of the last 10 s. */
  readonly recent: Latency
  /**
   * Answered requests of the whole run, by `histogramBounds`: `[i]` counts latencies up to
   * `histogramBounds[i]`; one more for all above. A heat map takes the difference between two messages.
   */
  readonly histogram: readonly number[]
  /** Of the latest failed request. */
  readonly lastError?: string
}

/** Upper bounds in ms, evenly spaced on a logarithmic scale: 12 to a decade, 0.5 ms to 10 s. */
export const histogramBounds: readonly number[] = Array.from(
  { length: 53 },
  (_, i) => Math.round(0.5 * 10 ** (i / 12) * 100) / 100,
)

// --------------------------------------------------------------------------------- the situation

/** What the show does. Traffic flows only in `live`; otherwise it is held, and what was in flight ends. */
export type ShowMode = 'live' | 'paused' | 'replaying'

/** At `at` (server's time of sending) the show was at `t`, and goes on at `speed` (0: it stands still). */
export interface ShowClock {
  readonly mode: ShowMode
  readonly t: number
  readonly speed: number
  /** From where to where there is something recorded. */
  readonly recordedFrom: number
  readonly recordedTo: number
}

export type OriginState = 'up' | 'starting' | 'stopped' | 'dropping'

export interface OriginStatus {
  readonly contender: ContenderId
  readonly protocol: Protocol
  readonly url: string
  readonly state: OriginState
}

export interface RunInfo {
  readonly id: number
  readonly scenario: ScenarioId
  /** All levers of the scenario, with the values they have now. */
  readonly levers: LeverValues
  readonly contenders: readonly Contender[]
  /** In `your-server`: what is visited. */
  readonly url?: string
}

/** To be put on the charts and in a log: a fault, a lever, an origin that came or went. */
export interface Mark {
  readonly t: number
  readonly kind: 'fault' | 'lever' | 'origin' | 'error'
  readonly text: string
}

/** How the page server itself does: shows that nothing grows. */
export interface ServerStatus {
  readonly uptimeMs: number
  readonly heapMb: number
  readonly rssMb: number
  readonly readers: number
  /** How late timers were in the last second, at most, in ms: above some 20, figures are about a busy machine. */
  readonly lagMs: number
}

// -------------------------------------------------------------------------------------- messages

export interface Snapshot {
  readonly type: 'snapshot'
  readonly version: number
  readonly bootId: string
  readonly run: RunInfo
  readonly clock: ShowClock
  /** Before `events`. */
  readonly base: StageState
  readonly events: readonly PoolEvent[]
  readonly figures: readonly ContenderFigures[]
  /** Latest points of each contender, for the strip chart to begin with. */
  readonly points: Partial<Record<ContenderId, readonly Point[]>>
  readonly marks: readonly Mark[]
  readonly stats?: PoolStats
  readonly origins: readonly OriginStatus[]
  readonly server: ServerStatus
}

/** What is absent has not changed. */
export interface Batch {
  readonly type: 'batch'
  /** The show's time; events of this batch are no later. */
  readonly t: number
  readonly events?: readonly PoolEvent[]
  readonly points?: Partial<Record<ContenderId, readonly Point[]>>
  /** Every 250 ms while there is traffic. */
  readonly figures?: readonly ContenderFigures[]
  /** `pool.stats()` of ours, every 250 ms if it has changed. */
  readonly stats?: PoolStats
  readonly marks?: readonly Mark[]
  readonly run?: RunInfo
  readonly clock?: ShowClock
  readonly origins?: readonly OriginStatus[]
  /** Every 2 s. */
  readonly server?: ServerStatus
}

export type StreamMessage = Snapshot | Batch

// -------------------------------------------------------------------------------------- commands

/**
 * - `reset`: every connection is reset (RST)
 * - `goaway`: every HTTP/2 session gets GOAWAY; what it has begun it finishes
 * - `drop`: nothing is forwarded any more, in neither direction; connections stay open. Until `heal`
 * - `heal`: what was held back is forwarded
 * - `stop`: the origin's process ends; until `start`, which starts it on the same port
 * - `fill`: 200 requests at once for each contender
 */
export type Fault = 'reset' | 'goaway' | 'drop' | 'heal' | 'stop' | 'start' | 'fill'

export type Command =
  /** A new run. Levers not given have the scenario's values. Everybody gets a snapshot. */
  | {
      readonly command: 'pick'
      readonly scenario: ScenarioId
      readonly levers?: Partial<LeverValues>
    }
  /** The same scenario with the same levers, from cold. */
  | { readonly command: 'restart' }
  /** Levers with `restarts` begin a new run; others act on what is running. */
  | { readonly command: 'lever'; readonly levers: Partial<LeverValues> }
  | { readonly command: 'fault'; readonly fault: Fault }
  /** Holds the traffic and the show. */
  | { readonly command: 'pause' }
  /** Back to live traffic, from wherever the show is. Everybody gets a snapshot. */
  | { readonly command: 'resume' }
  /**
   * Paused: shows the next `count` pool events (default 1). At the end of what is recorded, sends the
   * next requests of the plan, so that there is something to see. Live: pauses first.
   */
  | { readonly command: 'step'; readonly count?: number }
  /** From the recording's beginning, or from `from`; at its end, paused. `speed` from 0.1 to 10, default 1. */
  | { readonly command: 'replay'; readonly from?: number; readonly speed?: number }
  /** Run `your-server` against this URL, 1 to 5 requests a second (default 2). */
  | { readonly command: 'visit'; readonly url: string; readonly perSecond?: number }

/** 200 with `ok: true`; 400 (a command that makes no sense), 409 (not now) with one sentence for the user. */
export type CommandReply =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: string; readonly field?: string }
