import { engineOf } from '../../pool.ts'
import type { PooledConn } from '../../pooled-conn.ts'
import type { WantConn } from '../../want-conn.ts'
import type { ScriptedConn, ScriptedDial } from '../simulate/scripted-dial.ts'
import type { Stage } from '../simulate/stage.ts'

/**
 * All of a pool and of the world around it that can make a difference to what comes later, while
 * the clock stands still. Things are named by their place in line, not by when they came: so
 * histories that have led to the same present have the same fingerprint, and what is over is in none.
 */
export function fingerprint(stage: Stage, wantsLeft: number): string {
  const { witness, pool } = stage
  const engine = engineOf(pool)
  const records = [...engine.conns.records()]
  const at = new Map(records.map((record, i) => [record.conn, i]))
  let print = `${wantsLeft}|`
  for (const { key } of witness.waiting) print += key
  for (const state of engine.keys.values()) {
    const dials = [...state.dials]
    const wants: WantConn<string, ScriptedConn>[] = []
    for (let want = state.line.first; want !== undefined; want = want.next) wants.push(want)
    print += `|${state.key}${state.expected}:`
    for (const { dial } of wants) print += dial === undefined ? '-' : dials.indexOf(dial)
  }
  print += '|'
  for (const dial of witness.dials) print += printOfDial(dial)
  print += '|'
  for (const record of records) print += printOfConn(record, at)
  print += '|'
  for (let conn = engine.conns.idle.coldest; conn !== undefined; conn = conn.warmer) {
    print += at.get(conn.conn)
  }
  print += '|'
  // A lease on what is gone only has to end.
  for (const { lease } of witness.holders) print += at.get(lease?.conn as ScriptedConn) ?? '-'
  return print
}

function printOfDial({ key, signal, isLost, isDrained, capacity, number }: ScriptedDial): string {
  const told = `${signal.aborted ? 'a' : ''}${isLost ? 'l' : ''}${isDrained ? 'd' : ''}`
  return `${key}${told}${capacity}.${number},`
}

function printOfConn(
  { conn, leases, capacity, uses, retired, toldIdle, prev }: PooledConn<string, ScriptedConn>,
  at: ReadonlyMap<ScriptedConn, number>,
): string {
  const after = prev === undefined ? '' : at.get(prev.conn)
  const marks = `${toldIdle ? 'i' : ''}${conn.discarded ? 'd' : ''}${conn.dial.isDrained ? 'e' : ''}`
  return `${conn.key}${leases}/${capacity}.${uses}${marks}${retired?.reason ?? ''}<${after},`
}
