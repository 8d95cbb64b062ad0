// Builds a workspace quietly, then runs its dist/main.js with the arguments that follow:
//   node scripts/start.mjs <folder> [arguments for it…]

import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/** What Node itself is told, by folder: figures of memory need a garbage collector at hand. */
const NODE_FLAGS = { benchmarks: ['--expose-gc'] }

const [folder, ...args] = process.argv.slice(2)
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

if (!existsSync(at(`${folder}/src/main.ts`))) {
  console.error(`${folder}: nothing to run, src/main.ts is missing`)
  process.exit(1)
}

const build = ['run', 'build', `--filter=./${folder}`, '--quiet', '--output-logs=errors-only']
const built = spawnSync(process.execPath, [at('scripts/turbo.mjs'), ...build], { stdio: 'inherit' })
if (built.status !== 0) process.exit(1)

const flags = ['--enable-source-maps', ...(NODE_FLAGS[folder] ?? [])]
const child = spawn(process.execPath, [...flags, at(`${folder}/dist/main.js`), ...args], {
  stdio: 'inherit',
})
// The terminal sends these to the child as well, which ends in its own way.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
