import { EventLog } from './event-log.ts'
import type { Outcome } from './life.ts'
import { NOTHING } from './nothing.ts'
import { type Played, Stage } from './stage.ts'
import type { Step } from './step.ts'

/** Plays a script again, up to the first fault. Steps that find nothing to do are left out of what it returns. */
export async function rehearse(
  { setting, script, isAtEnd }: Omit<Outcome, 'fault'>,
  played: Played = () => {},
): Promise<Outcome> {
  const stage = new Stage(setting, new EventLog())
  const { witness } = stage
  const done: Step[] = []
  for (const step of script) {
    const subject = stage.act(step)
    if (subject === NOTHING) continue
    done.push(step)
    // Awaits nothing where a step has no turn, as the first time.
    if (step.turn) await stage.turn()
    stage.look(step)
    played(step, subject, stage)
    if (witness.fault !== undefined) break
  }
  if (isAtEnd && witness.fault === undefined) await stage.end(played)
  return { setting, script: done, fault: witness.fault, isAtEnd }
}
