import { expect, test, vi } from 'vitest'
import { EventLog } from '../../src/testing/simulate/event-log.ts'
import { Life } from '../../src/testing/simulate/life.ts'
import { printPlay } from '../../src/testing/simulate/print-play.ts'
import { fullWorkload } from '../../src/testing/simulate/workload.ts'
import { importPlay } from './run-play.ts'

// A machine that is busy is given its time.
vi.setConfig({ testTimeout: 60_000 })

const SEED = Number(process.env['WANTCONN_SEED'] ?? Date.now() % 2 ** 31)
const LIVES = 40

/** A play is of use only if what it does is what was simulated, whatever kinds of steps it has. */
test('a printed life ends with the books of the simulated one', async () => {
  console.info(`WANTCONN_SEED=${SEED}`)
  for (let number = 1; number <= LIVES; number++) {
    const life = new Life(SEED, number, undefined, fullWorkload(), new EventLog(), 1)
    const outcome = await life.play(80)

    const play = `${await printPlay(outcome)}\nexport const stats = t.pool.stats()\n`

    const { stats } = (await importPlay(play)) as { stats: unknown }
    expect(stats, `life ${number}`).toEqual(life.stats)
  }
})
