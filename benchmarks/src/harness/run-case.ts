import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Sample, Work } from './figure.ts'
import { ASKS_FOR_TURN } from './my-turn.ts'
import type { Turns } from './turns.ts'

/** What a child is asked for. */
export interface Order {
  readonly figure: string
  readonly caseName: string
  readonly work: Work
}

/** No case takes a tenth of it: a peer that waits for ever is told, and not waited for. */
const LONGEST_MS = 15 * 60_000

const child = fileURLToPath(new URL('./child.js', import.meta.url))

/**
 * Measures one case in a process of its own: what the engine has learned of one peer's code, and
 * the garbage of one peer, cannot disturb another. Its turns are shared with the cases that are
 * measured at the same time, if there are any.
 */
export async function runCase(order: Order, turns?: Turns): Promise<Sample> {
  try {
    return await runChild(order, async () => turns?.take())
  } finally {
    turns?.leave()
  }
}

function runChild(order: Order, takeTurn: () => Promise<void>): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const running = fork(child, {
      execArgv: ['--expose-gc'],
      stdio: 'inherit',
      timeout: LONGEST_MS,
    })
    let sample: Sample | undefined
    running.on('message', (message) => {
      if (message === ASKS_FOR_TURN) void takeTurn().then(() => running.send('go'))
      else sample = message as Sample
    })
    running.on('error', reject)
    running.on('exit', (code, signal) => {
      const { figure, caseName } = order
      if (sample !== undefined) resolve(sample)
      else reject(new Error(`${figure}, ${caseName}: the child ended with ${signal ?? code}`))
    })
    running.send(order)
  })
}
