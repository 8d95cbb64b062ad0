// Runs turbo without telemetry and notices. With --quiet, its output shows only when it fails.

import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'

const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo')
const args = process.argv.slice(2)
const quiet = args.includes('--quiet')

const run = spawnSync(process.execPath, [turbo, ...args.filter((arg) => arg !== '--quiet')], {
  env: {
    ...process.env,
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  },
  stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  encoding: 'utf8',
  maxBuffer: Number.POSITIVE_INFINITY,
})

if (quiet && run.status !== 0) process.stderr.write(`${run.stdout}${run.stderr}`)
process.exit(run.status ?? 1)
