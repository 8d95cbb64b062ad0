import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from '../run.mjs'
import { checkLock, checkRelease } from './check-release.mjs'
import { commit, copyRepository, linkModules } from './copy-repository.mjs'
import { Release } from './release.mjs'
import { update } from './update.mjs'

const FIXED = '@wantconn/pool-core'
const FIX = 'A fix that exists in this rehearsal only.'

const needed = (title, run) => ({ title, run, isNeeded: true })
const check = (title, run) => ({ title, run })

/** The releases that are rehearsed, as steps. */
export function releases(rehearsal, { short }) {
  const release = new Release(rehearsal)
  return {
    first: [...preparations(rehearsal, short), ...firstRelease(rehearsal, release)],
    second: secondRelease(rehearsal, release),
    final: finalRelease(rehearsal, release),
  }
}

function preparations(rehearsal, short) {
  const ci = ['ci', '--prefer-offline', '--no-audit', '--no-fund']
  return [
    needed('the repository is copied', () => copyRepository(rehearsal)),
    needed('a registry listens on loopback', () => rehearsal.registry.start(rehearsal.folder)),
    short
      ? needed('it uses what is installed here', async () => linkModules(rehearsal))
      : needed('npm ci', async () => void (await npm(ci, { cwd: rehearsal.shop }))),
  ]
}

function firstRelease(rehearsal, release) {
  return [
    needed('changesets make versions', () => release.version()),
    check('the lock file follows', () => checkLock(rehearsal)),
    check('changelogs and ranges are right', () => checkRelease(rehearsal)),
    needed('the packages build', () => release.build()),
    needed('they are published', () => release.publish()),
  ]
}

function secondRelease(rehearsal, release) {
  return [
    needed('a second release: a fix of the core', async () => {
      const text = `---\n'${FIXED}': patch\n---\n\n${FIX}\n`
      writeFileSync(join(rehearsal.shop, '.changeset/a-fix.md'), text)
      await commit(rehearsal, 'A fix')
      return release.version()
    }),
    check('the lock file follows', () => checkLock(rehearsal)),
    check('its changelogs and ranges are right', () =>
      checkRelease(rehearsal, { before: release.before, fixed: FIXED, says: FIX }),
    ),
    needed('it builds', () => release.build()),
    needed('it is published', () => release.publish()),
    check('the stranger updates, and has one copy of the core', () => update(rehearsal, FIXED)),
  ]
}

function finalRelease(rehearsal, release) {
  return [
    needed('out of pre mode, versions have no suffix', () => release.leavePreMode()),
    check('the lock file follows', () => checkLock(rehearsal)),
    check('changelogs and ranges are right', () =>
      checkRelease(rehearsal, { before: release.before }),
    ),
  ]
}
