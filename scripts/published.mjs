// The packages that are published, and what a stranger can import from them.

import { readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { readJson, root } from './run.mjs'

/** Their manifests, each with its folder, as they are in a copy of the repository. */
export function publishedPackages(repository = root) {
  return readdirSync(join(repository, 'packages'))
    .map((folder) => join(repository, 'packages', folder))
    .map((dir) => ({ dir, ...readJson(join(dir, 'package.json')) }))
    .filter((manifest) => !manifest.private)
}

/** `@wantconn/pool-core`, `@wantconn/pool-core/testing`, … */
export function entriesOf({ name, exports }) {
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => posix.join(name, path))
}

/** What some entry points ask their user to bring, as npm takes it. */
export function peersOf(manifests) {
  const own = new Set(manifests.map(({ name }) => name))
  return manifests
    .flatMap(({ peerDependencies = {} }) => Object.entries(peerDependencies))
    .filter(([name]) => !own.has(name))
    .map(([name, range]) => `${name}@${range}`)
}
