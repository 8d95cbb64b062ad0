import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { peersOf } from '../published.mjs'

/** What the stranger's TypeScript needs beside: Node's own types. */
const TYPES = '@types/node@20'

/** A fresh project: the packages by their names, what they ask to be brought, and nothing else. */
export async function install(rehearsal) {
  const { packages, stranger } = rehearsal
  const manifest = { name: 'stranger', private: true, type: 'module' }
  writeFileSync(join(stranger, 'package.json'), JSON.stringify(manifest))
  const own = packages.map(({ name }) => name)
  await rehearsal.npmOfStranger('install', ...own, ...peersOf(packages), TYPES)
  const listed = JSON.parse(await rehearsal.npmOfStranger('ls', '--json'))
  const wrong = packages.filter(
    ({ name, version }) => listed.dependencies[name]?.version !== version,
  )
  if (wrong.length > 0) throw new Error(`not the new ones: ${wrong.map(({ name }) => name)}`)
  return own.map((name) => `${name}@${listed.dependencies[name].version}`).join(', ')
}
