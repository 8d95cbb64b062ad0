import type { ContenderId, DialPhase, Fault } from '../../src/protocol.ts'
import type { DialFate } from '../fold/story.ts'
import type { Ending } from '../fold/winners.ts'

/** Short, for legends. */
export const endingLabel: Readonly<Record<Ending, string>> = {
  'handed-over': 'handed over',
  idle: 'idle connection',
  room: 'room in session',
  'own-dial': 'own dial',
  'other-dial': 'another’s dial',
  failed: 'failed',
}

/** Long, for a history. */
export const endingSentence: Readonly<Record<Ending, string>> = {
  'handed-over': 'a connection that another request had just given back',
  idle: 'an idle connection, at once',
  room: 'a session with room for one more stream',
  'own-dial': 'the dial that was begun for it',
  'other-dial': 'a dial that was begun for somebody else',
  failed: 'nobody: it failed',
}

export const fateLabel: Readonly<Record<DialFate, string>> = {
  flying: 'in flight',
  own: 'served its own want',
  other: 'served another want',
  idle: 'went idle',
  unused: 'closed unused',
  failed: 'failed',
}

export const phaseLabel: Readonly<Record<DialPhase, string>> = {
  lookup: 'looking up',
  connect: 'connecting',
  handshake: 'TLS handshake',
}

export const contenderLabel: Readonly<Record<ContenderId, string>> = {
  agent: 'http.Agent',
  undici: 'undici',
  ours: 'Wantconn',
}

export const faultLabel: Readonly<Record<Fault, string>> = {
  reset: 'Reset all',
  goaway: 'Send GOAWAY',
  drop: 'Drop packets',
  heal: 'Forward again',
  stop: 'Stop the origin',
  start: 'Start the origin',
  fill: 'Fill the queue',
}

export const faultTitle: Readonly<Record<Fault, string>> = {
  reset: 'Resets every open connection',
  goaway: 'Tells every HTTP/2 session to end with the streams it has',
  drop: 'Connections stay open, but nothing is forwarded any more',
  heal: 'What was held back is forwarded',
  stop: 'Ends the processes of the origins',
  start: 'Starts the origins again, on the same ports',
  fill: 'Sends 200 requests at once to each contender',
}

/** Why a connection was closed, by the reason that the pool gives. */
const closeSentences: Readonly<Record<string, string>> = {
  discarded: 'its request failed, so it was not used again',
  'closed-by-peer': 'the other side closed it',
  broken: 'it was found broken before it was used again',
  'idle-timeout': 'it had been idle for too long',
  lifetime: 'it had reached its age',
  'max-uses': 'it had served as often as it may',
  'max-idle': 'there were too many idle connections',
  'max-idle-per-key': 'there were too many idle connections for this key',
  evicted: 'to make room for another key',
  'reuse-off': 'this pool does not use connections again',
  drained: 'the other side asked for its end (GOAWAY), and its last stream was done',
  'close-idle': 'all idle connections were closed',
  'pool-closed': 'the pool was closed',
  'dial-unwanted': 'nobody had a use for it when it came',
}

export function closeSentence(reason: string): string {
  return closeSentences[reason] ?? reason
}

/** A duration as one reads it: `0.4 ms`, `12 ms`, `1.25 s`. */
export function duration(ms: number): string {
  if (ms >= 9_999.5) return `${(ms / 1_000).toFixed(1)} s`
  if (ms >= 999.5) return `${(ms / 1_000).toFixed(2)} s`
  if (ms >= 9.95 || ms === 0) return `${Math.round(ms)} ms`
  return `${ms.toFixed(1)} ms`
}

/** For a column of numbers: without its unit. */
export function milliseconds(ms: number): string {
  return ms < 9.95 ? ms.toFixed(1) : String(Math.round(ms))
}

/** A moment of the run. */
export function moment(ms: number): string {
  return `${(Math.max(0, ms) / 1_000).toFixed(3)} s`
}

export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}
