import type { OriginFleet } from '../origin/origin-fleet.ts'
import type { Fault } from '../protocol.ts'
import { Refusal } from './refusal.ts'
import type { Run } from './run.ts'

/** What is done for each fault. All contenders suffer alike. */
export const faults: Record<Fault, (fleet: OriginFleet, run: Run) => void | Promise<void>> = {
  reset: onOrigins((fleet) => fleet.reset()),
  drop: onOrigins((fleet) => fleet.drop()),
  heal: onOrigins((fleet) => fleet.heal()),
  stop: onOrigins((fleet) => fleet.stop()),
  start: onOrigins((fleet) => fleet.start()),
  goaway: onOrigins((fleet, run) => {
    if (run.levers.protocol !== 'h2') throw new Refusal(409, 'Only HTTP/2 knows GOAWAY.', 'fault')
    fleet.goaway()
  }),
  fill: onOrigins((_, run) => run.fill()),
}

/** What is not ours is not tampered with, nor flooded. */
function onOrigins(
  act: (fleet: OriginFleet, run: Run) => void | Promise<void>,
): (fleet: OriginFleet, run: Run) => void | Promise<void> {
  return (fleet, run) => {
    if (run.url !== undefined) {
      throw new Refusal(409, 'Faults are for origins of the demo, not for your server.', 'fault')
    }
    return act(fleet, run)
  }
}
