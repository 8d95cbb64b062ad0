import { NOTHING } from './actor.ts'
import { EventLog } from './event-log.ts'
import type { Outcome } from './life.ts'
import { type Setting, Stage } from './stage.ts'
import type { Step } from './step.ts'

/** A step that found something to do, what it was done to, and the state of things before. */
export type Played = (step: Step, subject: number, stage: Stage) => void

/** Plays a script again, up to the first fault. Steps that find nothing to do are left out of what it returns. */
export async function rehearse(
  setting: Setting,
  script: readonly Step[],
  played: Played = () => {},
): Promise<Outcome> {
  const stage = new Stage(setting, new EventLog())
  const done: Step[] = []
  for (const step of script) {
    const subject = await stage.play(step)
    if (subject !== NOTHING) {
      done.push(step)
      played(step, subject, stage)
    }
    if (stage.witness.fault !== undefined) break
  }
  return { setting, script: done, fault: stage.witness.fault }
}
