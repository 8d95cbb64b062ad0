import type { Settings } from '../../options.ts'
import type { Caller } from './caller.ts'
import type { Scene } from './scene.ts'
import type { ScriptedConn } from './scripted-dial.ts'
import type { Witness } from './witness.ts'

/**
 * What must be true of a pool when nothing is under way, as far as can be seen from outside:
 *
 * - **O7** Nobody waits beside a connection that is usable and has room: no wake-up was lost.
 * - **O8** Nobody waits with a place free and nothing coming.
 * - **O6** Nobody holds an idle connection.
 * - **O10** At most one timer is armed, none after the end.
 */
export function lookAtRest(scene: Scene): void {
  const { witness } = scene
  for (const caller of witness.waiting) lookAtWaiting(scene, caller)
  for (const conn of witness.conns) {
    if (conn.leases > 0 && conn.toldIdle) {
      witness.blame({ rule: 'O6', message: `O6 conn${conn.number} is held and said to be idle` })
    }
  }
  lookAtTimers(scene)
}

/**
 * Time has gone on by itself, and was never set back:
 *
 * - **O11** No want, dial or idle connection is older than it may be.
 */
export function lookAtAges({ witness, clock, settings }: Scene): void {
  const now = clock.now()
  const blame = (name: string, isThere: string): void =>
    witness.blame({ rule: 'O11', message: `O11 ${name} is older than it may be`, proof: isThere })
  for (const caller of witness.waiting) {
    if (now >= caller.deadline) blame(caller.name, caller.waitsInPlay)
  }
  for (const dial of witness.dials) {
    const isOld = now >= dial.startedAt + settings.dialTimeoutMs
    if (isOld && !dial.isAborted) blame(`dial${dial.number}`, `!dial${dial.number}.aborted`)
  }
  for (const { number, idleSince, toldIdle, dial } of witness.conns) {
    const isOld = toldIdle && now >= idleSince + settings.idleTimeoutMs
    if (isOld && dial.isSettled) blame(`conn${number}`, `conn${number}.closedFor === undefined`)
  }
}

/** - **O12** In the end there is nothing left. */
export function lookAtEnd({ witness, pool, clock }: Scene, unfinished: number): void {
  const blame = (what: string, proof: string): void =>
    witness.blame({ rule: 'O12', message: `O12 in the end ${what}`, proof })
  const [caller] = witness.waiting
  const [conn] = witness.conns
  if (caller !== undefined) blame(`${caller.name} waits`, caller.waitsInPlay)
  if (conn !== undefined) {
    blame(`conn${conn.number} is open`, `conn${conn.number}.closedFor === undefined`)
  }
  const keys = [...pool.keys()]
  if (keys.length > 0) blame(`there is the key ${keys[0]}`, '[...t.pool.keys()].length > 0')
  if (clock.pending > 0) blame('a timer is armed', 't.clock.pending > 0')
  if (unfinished > 0) blame(`${unfinished} calls of close() or warm() have no answer`, 'true')
}

function lookAtWaiting(scene: Scene, caller: Caller): void {
  const { witness, settings } = scene
  for (const conn of witness.conns) {
    if (conn.key !== caller.key || !isSurelyUsable(conn, settings)) continue
    const message = `O7 ${caller.name} waits beside conn${conn.number}, which is usable and has room`
    witness.blame({ rule: 'O7', message, proof: caller.waitsInPlay })
  }
  if (isComing(scene, caller.key) || !hasPlace(scene, caller.key)) return
  const message = `O8 ${caller.name} waits with a place free, and nothing is coming`
  witness.blame({ rule: 'O8', message, proof: caller.waitsInPlay })
}

function isComing({ witness }: Scene, key: string): boolean {
  for (const dial of witness.dials) if (dial.key === key && !dial.isAborted) return true
  return false
}

function hasPlace({ witness, settings }: Scene, key: string): boolean {
  const { maxPerKey, maxTotal } = settings
  return witness.hasLessThan(maxPerKey, key) && witness.hasLessThan(maxTotal, undefined)
}

/** Leaves aside what cannot be told from outside: whether one in use is about to be retired for its age. */
function isSurelyUsable(conn: ScriptedConn, settings: Settings<never>): boolean {
  const { dial, leases, broken, discarded, uses } = conn
  if (broken || discarded || dial.isDrained || leases >= dial.capacity) return false
  if (leases === 0) return true
  const { maxLifetimeMs, maxTotal, maxUses, reuse } = settings
  const agesNot =
    maxLifetimeMs === Number.POSITIVE_INFINITY && maxTotal === Number.POSITIVE_INFINITY
  return reuse && agesNot && uses < maxUses
}

/** - **O9** `stats()` says what was seen. */
export function lookAtStats({ pool, witness }: Scene): void {
  const { open, leases, waiting, dialing } = pool.stats()
  let held = 0
  for (const conn of witness.conns) held += conn.leases
  let inFlight = 0
  for (const dial of witness.dials) if (!dial.isAborted) inFlight++
  const seen = { open: witness.conns.length, leases: held, waiting: witness.waiting.length }
  if (open !== seen.open) blameStats(witness, 'open', open, seen.open)
  if (leases !== seen.leases) blameStats(witness, 'leases', leases, seen.leases)
  if (waiting !== seen.waiting) blameStats(witness, 'waiting', waiting, seen.waiting)
  if (dialing !== inFlight) blameStats(witness, 'dialing', dialing, inFlight)
}

function blameStats(witness: Witness, name: string, said: number, seen: number): void {
  const message = `O9 stats() says ${name}: ${said}, and ${seen} were seen`
  witness.blame({ rule: 'O9', message, proof: `t.pool.stats().${name} === ${said}` })
}

function lookAtTimers({ clock, witness }: Scene): void {
  const most = witness.isEnded ? 0 : 1
  if (clock.pending <= most) return
  const message = `O10 ${clock.pending} timers are armed${witness.isEnded ? ' after the end' : ''}`
  witness.blame({ rule: 'O10', message, proof: `t.clock.pending > ${most}` })
}
