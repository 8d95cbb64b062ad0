import type {
  Batch,
  ContenderFigures,
  GotEvent,
  PoolEvent,
  Snapshot,
  StageState,
} from '../../../src/protocol.ts'
import { leversOf, type Scenario, scenarioOf } from '../../../src/scenarios.ts'
import { emptyStage } from '../../../src/stage-state.ts'

// Events for tests: each has what the test says, and something that makes sense for all else.

export const lane: PoolEvent = { type: 'lane', t: 0, lane: 1, key: 'tcp a:1', name: 'a:1' }

export function want(id: number, t = 0): PoolEvent {
  return { type: 'want', t, lane: 1, want: id, request: 100 + id }
}

export function dial(id: number, t = 0): PoolEvent {
  return { type: 'dial', t, lane: 1, dial: id }
}

export function dialed(id: number, conn: number | undefined, t = 0, surplus = false): PoolEvent {
  const end = conn === undefined ? { error: 'ECONNREFUSED' } : { conn, port: 4_000 + conn }
  return { type: 'dialed', t, lane: 1, dial: id, durationMs: t, surplus, ...end }
}

export function got(id: number, conn: number, more: Partial<GotEvent> = {}): PoolEvent {
  return {
    type: 'got',
    t: 0,
    lane: 1,
    want: id,
    request: 100 + id,
    conn,
    by: 'handed-over',
    waitedMs: 5,
    idleMs: 0,
    reused: true,
    ...more,
  }
}

export function idle(conn: number, t = 0, from?: number): PoolEvent {
  return { type: 'idle', t, lane: 1, conn, ...(from !== undefined && { dial: from }) }
}

export function closed(conn: number, t = 0, from?: number): PoolEvent {
  const end = { reason: 'closed-by-peer', uses: 1, ...(from !== undefined && { dial: from }) }
  return { type: 'closed', t, lane: 1, conn, ...end }
}

export function snapshot(more: Partial<Snapshot> = {}, base: StageState = emptyStage): Snapshot {
  const scenario = scenarioOf('burst') as Scenario
  return {
    type: 'snapshot',
    version: 1,
    bootId: 'boot',
    run: {
      id: 1,
      scenario: 'burst',
      levers: leversOf(scenario),
      contenders: [
        { id: 'agent', name: 'http.Agent', note: '' },
        { id: 'ours', name: 'wantconn', note: '' },
      ],
    },
    clock: { mode: 'live', t: 0, speed: 1, recordedFrom: 0, recordedTo: 0 },
    base,
    events: [],
    figures: [],
    points: {},
    marks: [],
    origins: [],
    server: { uptimeMs: 0, heapMb: 0, rssMb: 0, readers: 1, lagMs: 0 },
    ...more,
  }
}

export function batch(t: number, more: Partial<Batch> = {}): Batch {
  return { type: 'batch', t, ...more }
}

export function figures(
  id: ContenderFigures['id'],
  more: Partial<ContenderFigures> = {},
): ContenderFigures {
  const latency = { count: 100, p50: 5, p90: 10, p99: 20, max: 30 }
  return {
    id,
    requests: 100,
    done: 100,
    errors: 0,
    inFlight: 0,
    dials: 10,
    open: 10,
    total: latency,
    recent: latency,
    histogram: [],
    ...more,
  }
}
