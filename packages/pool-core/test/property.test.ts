/**
 * Random scripts, played with a real pool and with the small model of `model/`.
 *
 * A failure prints the seed and the path of the shortest script found. To see it again:
 *
 *     WANTCONN_SEED=… WANTCONN_PATH=… npx vitest run --project pool-core property -t '…'
 *
 * `WANTCONN_RUNS` is the number of scripts for each test: more of them for a longer look. Without
 * a seed each run draws its own, and prints it.
 */
import fc from 'fast-check'
import { test } from 'vitest'
import { Chaos } from './model/chaos.ts'
import { Rehearsal } from './model/rehearsal.ts'
import { insideSteps, type Kind, scenes, steps } from './model/script.ts'

const RUNS = Number(process.env['WANTCONN_RUNS'] ?? 120)
const SEED = Number(process.env['WANTCONN_SEED'] ?? Date.now() % 2 ** 31)
const PATH = process.env['WANTCONN_PATH']
const LONG = RUNS * 100 + 60_000

async function assert<Values>(property: fc.IAsyncProperty<Values>): Promise<void> {
  const replay = PATH === undefined ? {} : { path: PATH }
  await fc.assert(property, { seed: SEED, numRuns: RUNS, ...replay })
}

async function equalsModel(kind: Kind): Promise<void> {
  await assert(
    fc.asyncProperty(scenes(kind), steps(kind), async (scene, script) => {
      await new Rehearsal(scene).play(script)
    }),
  )
}

async function survivesChaos(kind: Kind): Promise<void> {
  await assert(
    fc.asyncProperty(
      scenes(kind),
      steps(kind),
      insideSteps(kind),
      async (scene, script, inside) => {
        await new Chaos(scene, inside).play(script)
      },
    ),
  )
}

console.info(`WANTCONN_SEED=${SEED} WANTCONN_RUNS=${RUNS}`)

test(
  'a pool of exclusive connections does what the model does',
  () => equalsModel('exclusive'),
  LONG,
)

test(
  'a pool of shareable connections does what the model does',
  () => equalsModel('shareable'),
  LONG,
)

test(
  'exclusive connections survive whatever is done in callbacks',
  () => survivesChaos('exclusive'),
  LONG,
)

test(
  'shareable connections survive whatever is done in callbacks',
  () => survivesChaos('shareable'),
  LONG,
)
