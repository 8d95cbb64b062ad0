import { once } from 'node:events'

export const ASKS_FOR_TURN = 'my turn?'

/** For the cases of a figure that is measured in turns: nobody else of it measures until the next call. */
export async function myTurn(): Promise<void> {
  process.send?.(ASKS_FOR_TURN)
  await once(process, 'message')
}
