import { type Figure, type Sample, scaled, type Work } from '../../harness/figure.ts'
import { count } from '../../harness/format.ts'
import { processorNs } from '../../harness/timing.ts'
import { playOnThread } from '../lives.ts'

const STEPS = 10_000_000
const THREADS = 2
/** The books and what is seen from outside are checked after every step; the rest after so many. */
const CHECK_EVERY = 16

const seconds = (value: number): string => `${value.toFixed(1)} s`

/** Fresh seeds each time, which the table shows: `simulate({ seed, … })` plays a failure again. */
export const randomLives: Figure = {
  name: 'random-lives',
  title: `simulate(): random lives of pools with any options, on ${THREADS} threads`,
  columns: [
    { value: 'steps', head: 'steps', show: count },
    { value: 'seconds', head: 'time', show: seconds },
    { value: 'usEach', head: 'processor time a step', show: (us) => `${us.toFixed(1)} µs` },
    { value: 'seed', head: 'first seed', show: String },
  ],
  cases: [{ name: `all checked every ${CHECK_EVERY} steps`, measure: play }],
  wanted: [
    {
      what: 'time for 10 million steps on two cores',
      most: 60,
      of: (of) => secondsForAll(of(`all checked every ${CHECK_EVERY} steps`)),
      show: seconds,
    },
  ],
}

async function play(work: Work): Promise<Sample> {
  const seed = Date.now() % 2 ** 31
  const steps = scaled(STEPS / THREADS, work)
  const start = performance.now()
  const processor = process.cpuUsage()
  const threads = Array.from({ length: THREADS }, (_, i) =>
    playOnThread({ seed: seed + i, steps, checkEvery: CHECK_EVERY }),
  )
  const played = (await Promise.all(threads)).reduce((sum, it) => sum + it, 0)
  return {
    steps: played,
    seconds: (performance.now() - start) / 1_000,
    usEach: processorNs(processor) / 1_000 / played,
    seed,
  }
}

function secondsForAll({ seconds: taken = NaN, steps = NaN }: Sample): number {
  return (taken * STEPS) / steps
}
