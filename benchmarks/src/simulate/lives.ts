import { Worker } from 'node:worker_threads'

/** What one thread plays. */
export interface Lives {
  readonly seed: number
  readonly steps: number
  readonly checkEvery: number
}

const worker = new URL('./simulate-worker.js', import.meta.url)

/** Plays them on a thread, and says how many steps they were. A fault rejects, play and all. */
export function playOnThread(lives: Lives): Promise<number> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(worker, { workerData: lives })
    thread.once('message', resolve)
    thread.once('error', reject)
  })
}
