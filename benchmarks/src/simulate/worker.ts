// Plays what it is asked for on a thread of its own, and ends.

import { parentPort, workerData } from 'node:worker_threads'
import { simulate } from '@wantconn/pool-core/testing'
import type { Lives } from './lives.ts'

const { seed, steps, checkEvery } = workerData as Lives

// Most of what an error costs is its stack, and simulated callers look at none.
Error.stackTraceLimit = 0

const summary = await simulate({ seed, steps, checkEvery })
parentPort?.postMessage(summary.steps)
