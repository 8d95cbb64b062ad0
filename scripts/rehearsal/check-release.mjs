import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import semver from 'semver'
import { npm, readJson } from '../run.mjs'

/**
 * What `changeset version` has written: for each package whose version is new a chapter of its
 * changelog, and ranges that take the other packages as they are now; and not as they were, where
 * both are new.
 */
export async function checkRelease(rehearsal, { before, fixed, says } = {}) {
  const { packages } = rehearsal
  const wrong = packages.flatMap((manifest) => [
    ...changelogFaults(manifest, before),
    ...rangeFaults(manifest, packages, before),
  ])
  const changed = packages.find(({ name }) => name === fixed)
  if (changed && changed.version === before.get(fixed)) wrong.push(`${fixed} has its old version`)
  if (changed && !chapterOf(changed).includes(says)) wrong.push(`${fixed}: "${says}" is not told`)
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
}

function changelogFaults(manifest, before) {
  const { name, version } = manifest
  const isNew = before === undefined || before.get(name) !== version
  return isNew && chapterOf(manifest).trim() === '' ? [`${name}: nothing about ${version}`] : []
}

/** What the changelog says of the version that the package has now. */
function chapterOf({ dir, version }) {
  const text = readFileSync(join(dir, 'CHANGELOG.md'), 'utf8')
  const [, chapter = ''] = text.split(`\n## ${version}\n`)
  return chapter.split('\n## ')[0]
}

function rangeFaults({ name, version, dependencies = {} }, packages, before) {
  return packages
    .filter((other) => dependencies[other.name] !== undefined)
    .flatMap((other) => {
      const range = dependencies[other.name]
      const was = before?.get(other.name)
      // Who is not released anew keeps its range, as long as that takes what is new.
      const isNew = before?.get(name) !== version && was !== undefined && was !== other.version
      const faults = []
      if (!semver.satisfies(other.version, range)) faults.push(`does not take ${other.version}`)
      if (isNew && semver.satisfies(was, range)) faults.push(`still takes ${was}`)
      return faults.map((fault) => `${name} depends on ${other.name} ${range}, which ${fault}`)
    })
}

/** The lock file has the new versions, and npm would install from it as it is. */
export async function checkLock({ shop, packages }) {
  const { packages: locked } = readJson(join(shop, 'package-lock.json'))
  const stale = packages
    .map(({ dir, version }) => ({ path: dir.slice(shop.length + 1), version }))
    .filter(({ path, version }) => locked[path]?.version !== version)
    .map(({ path, version }) => `${path} is ${version}, locked ${locked[path]?.version}`)
  if (stale.length > 0) throw new Error(stale.join('\n'))
  await npm(['ci', '--dry-run', '--prefer-offline'], { cwd: shop })
}
