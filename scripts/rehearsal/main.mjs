// `npm run release:rehearse`: everything a release does, from a copy of this repository to a registry
// on loopback, and everything a stranger may do with what was published there.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { checks } from './checks.mjs'
import { Registry } from './registry.mjs'
import { Rehearsal } from './rehearsal.mjs'
import { releases } from './releases.mjs'
import { runSteps } from './run-steps.mjs'

const { short, keep } = new Command('npm run release:rehearse --')
  .description('Versions, builds, publishes to a registry on loopback, installs and uses it.')
  .option('--short', 'the Node and the TypeScript at hand, and the first release only')
  .option('--keep', 'leaves the folders that it made, and says where')
  .parse()
  .opts()

const folder = mkdtempSync(join(tmpdir(), 'wantconn-release-'))
const registry = new Registry()
const rehearsal = new Rehearsal(folder, registry)
const { first, second, final } = releases(rehearsal, { short })
const parts = [first, checks(rehearsal, { short })]
if (!short) parts.push(second, final)

function cleanUp() {
  registry.stop()
  if (keep) console.log(`all of it is in ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    cleanUp()
    process.exit(1)
  })
}

try {
  process.exitCode = (await runSteps(parts.flat())) ? 0 : 1
} finally {
  cleanUp()
}
// The registry's own timers would keep it alive.
process.exit()
