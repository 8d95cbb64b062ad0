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
import { Rehearsal } from './model/rehearsal.ts'
import { type Kind, scenes, steps } from './model/script.ts'

const RUNS = Number(process.env['WANTCONN_RUNS'] ?? 200)
const SEED = Number(process.env['WANTCONN_SEED'] ?? Date.now() % 2 ** 31)
const PATH = process.env['WANTCONN_PATH']
const LONG = RUNS * 100 + 60_000

async function holds(kind: Kind): Promise<void> {
  const property = fc.asyncProperty(scenes(kind), steps(kind), async (scene, script) => {
    await new Rehearsal(scene).play(script)
  })
  const replay = PATH === undefined ? {} : { path: PATH }
  await fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: false, ...replay })
}

console.info(`WANTCONN_SEED=${SEED} WANTCONN_RUNS=${RUNS}`)

test('a pool of exclusive connections does what the model does', () => holds('exclusive'), LONG)

test('a pool of shareable connections does what the model does', () => holds('shareable'), LONG)
