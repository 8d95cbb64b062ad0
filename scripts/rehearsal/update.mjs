import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readJson } from '../run.mjs'

/** Installs what is newest. Two copies of the core would be two sets of limits. */
export async function update(rehearsal, core) {
  const newest = rehearsal.packages.map(({ name, version }) => `${name}@${version}`)
  await rehearsal.npmOfStranger('install', ...newest)
  const copies = readdirSync(rehearsal.stranger, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(join(core, 'package.json')))
    .map((path) => readJson(join(rehearsal.stranger, path)).version)
  const { version } = rehearsal.packages.find(({ name }) => name === core)
  if (copies.join() !== version) throw new Error(`copies of ${core}: ${copies.join(', ')}`)
  return `${core} ${version}`
}
