import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, run } from '../run.mjs'
import { checkLock, checkRelease } from './check-release.mjs'
import { commit, copyRepository, linkModules } from './copy-repository.mjs'

const FIX = 'A fix that exists in this rehearsal only.'

/** The releases that are rehearsed, as steps. */
export function releases(rehearsal, { short }) {
  /** Versions before the release that is under way, by package. */
  let before = new Map()
  const versions = () => new Map(rehearsal.packages.map(({ name, version }) => [name, version]))

  const version = async () => {
    before = versions()
    await rehearsal.npmInShop('run', 'version')
    await commit(rehearsal, 'Version packages')
    return [...versions()].map(([name, now]) => `${name} ${now}`).join(', ')
  }
  const build = async () => {
    const filter = '--filter=./packages/*'
    await rehearsal.npmInShop('run', 'build', '--', '--force', '--output-logs=errors-only', filter)
  }
  const publish = async () => {
    await rehearsal.changeset('publish')
    for (const { name, version } of rehearsal.packages) {
      await rehearsal.npmOfStranger('view', `${name}@${version}`, 'dist.shasum')
    }
    const tags = await run('git', ['tag'], { cwd: rehearsal.shop })
    return `git tags ${tags.trim().split('\n').join(' ')}`
  }

  const needed = (title, run) => ({ title, run, isNeeded: true })
  const check = (title, run) => ({ title, run })
  const lock = check('the lock file follows', () => checkLock(rehearsal))

  const first = [
    needed('the repository is copied', () => copyRepository(rehearsal)),
    needed('a registry listens on loopback', () => rehearsal.registry.start(rehearsal.folder)),
    short
      ? needed('it uses what is installed here', async () => linkModules(rehearsal))
      : needed('npm ci', async () => {
          await npm(['ci', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: rehearsal.shop })
        }),
    needed('changesets make versions', version),
    lock,
    check('changelogs and ranges are right', () => checkRelease(rehearsal)),
    needed('the packages build', build),
    needed('they are published', publish),
  ]

  const second = [
    needed('a second release: a fix of the core', async () => {
      const text = `---\n'@wantconn/pool-core': patch\n---\n\n${FIX}\n`
      writeFileSync(join(rehearsal.shop, '.changeset/a-fix.md'), text)
      await commit(rehearsal, 'A fix')
      return version()
    }),
    lock,
    check('its changelogs and ranges are right', () =>
      checkRelease(rehearsal, { before, fixed: '@wantconn/pool-core', says: FIX }),
    ),
    needed('it builds', build),
    needed('it is published', publish),
    check('the stranger updates, and has one copy of the core', () => update(rehearsal)),
  ]

  const final = [
    check('out of pre mode, versions have no suffix', async () => {
      const isPre = [...versions().values()].some((version) => version.includes('-'))
      if (!isPre) return 'they had none'
      await rehearsal.changeset('pre', 'exit')
      const note = await version()
      await checkRelease(rehearsal, { before })
      if (note.includes('-rc')) throw new Error(note)
      return note
    }),
    lock,
  ]

  return { first, second, final }
}

async function update(rehearsal) {
  const names = rehearsal.packages.map(({ name, version }) => `${name}@${version}`)
  await rehearsal.npmOfStranger('install', ...names)
  const listed = await rehearsal.npmOfStranger('ls', '--all', '--json', '@wantconn/pool-core')
  const copies = new Set(listed.match(/file:[^"]+|"resolved": "[^"]+pool-core[^"]+"/g))
  if (copies.size !== 1) throw new Error(`copies of the core: ${[...copies].join(', ')}`)
}
