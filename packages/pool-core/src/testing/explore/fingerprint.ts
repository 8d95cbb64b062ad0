import type { KeyState } from '../../key-state.ts'
import { engineOf } from '../../pool.ts'
import type { PooledConn } from '../../pooled-conn.ts'
import { idleInOrder } from '../idle-in-order.ts'
import type { ScriptedConn, ScriptedDial } from '../simulate/scripted-dial.ts'
import type { Stage } from '../simulate/stage.ts'
import type { Witness } from '../simulate/witness.ts'

type Entry = PooledConn<string, ScriptedConn>

/**
 * All of a pool and of the world around it that can make a difference to what comes later, while
 * the clock stands still; `left` is what the script may still do. Things are named by their place in line, not by when they came: so
 * histories that have led to the same present have the same fingerprint, and what is over is in none.
 */
export function fingerprint(stage: Stage, left: string): string {
  const { witness, pool } = stage
  const engine = engineOf(pool)
  const places = placesOf([...engine.conns.records()])
  let print = `${left}|`
  for (const { key } of witness.waiting) print += key
  for (const state of engine.keys.values()) print += `|${printOfKey(state)}`
  print += '|'
  for (const dial of witness.dials) print += printOfDial(dial)
  for (const [{ prev }, place] of places) {
    print += `|${place.print}${prev === undefined ? '' : `<${places.get(prev)?.at}`}`
  }
  print += '|'
  for (const conn of idleInOrder(engine)) print += places.get(conn)?.at
  return `${print}|${printOfHolders(witness, places)}`
}

interface Place {
  readonly at: number
  readonly print: string
}

/** Connections have no order of their own: those that are alike may change places. */
function placesOf(records: Entry[]): Map<Entry, Place> {
  const prints = records.map((record) => ({ record, print: printOfConn(record) }))
  prints.sort((a, b) => (a.print < b.print ? -1 : a.print > b.print ? 1 : 0))
  return new Map(prints.map(({ record, print }, at) => [record, { at, print }]))
}

function printOfKey({ key, expected, dials, line }: KeyState<string, ScriptedConn>): string {
  const inFlight = [...dials]
  let print = `${key}${expected}:`
  for (let want = line.first; want !== undefined; want = want.next) {
    print += want.dial === undefined ? '-' : inFlight.indexOf(want.dial)
  }
  return print
}

/** What is told of a dial that is aborted or lost makes no difference any more. */
function printOfDial({ key, isAborted, isLost, isDrained, capacity }: ScriptedDial): string {
  if (isAborted) return `${key}a,`
  if (isLost) return `${key}l,`
  return `${key}${isDrained ? 'd' : ''}${capacity},`
}

function printOfConn({ conn, leases, capacity, uses, retired, toldIdle }: Entry): string {
  const marks = `${toldIdle ? 'i' : ''}${conn.discarded ? 'd' : ''}${conn.dial.isDrained ? 'e' : ''}`
  return `${conn.key}${leases}/${capacity}/${conn.dial.capacity}.${uses}${marks}${retired?.reason ?? ''}`
}

/** A lease on what is gone only has to end. */
function printOfHolders({ holders }: Witness, places: ReadonlyMap<Entry, Place>): string {
  const of = new Map([...places].map(([{ conn }, { at }]) => [conn, at]))
  const held = holders.map(({ lease }) => of.get(lease?.conn as ScriptedConn) ?? '-')
  return held.sort().join('')
}
