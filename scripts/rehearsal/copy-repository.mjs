import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { root, run } from '../run.mjs'

/** Copies what git knows or would take, as it is now, and makes a repository of it. */
export async function copyRepository(rehearsal) {
  const listed = await run('git', ['ls-files', '-z', '-c', '-o', '--exclude-standard'])
  const files = listed.split('\0').filter((file) => file && existsSync(join(root, file)))
  for (const file of files) {
    mkdirSync(dirname(join(rehearsal.shop, file)), { recursive: true })
    copyFileSync(join(root, file), join(rehearsal.shop, file))
  }
  await rehearsal.git('init', '--quiet', '--initial-branch=main')
  // For the tags of changesets, too.
  await rehearsal.git('config', 'user.name', 'rehearsal')
  await rehearsal.git('config', 'user.email', 'rehearsal@localhost')
  await commit(rehearsal, 'The state that is released')
  return `${files.length} files`
}

export async function commit(rehearsal, message) {
  await rehearsal.git('add', '--all')
  await rehearsal.git('commit', '--quiet', '--allow-empty', '--message', message)
}

/** Instead of `npm ci`: the same modules as here, but of our own packages those of the copy. */
export function linkModules({ shop, packages }) {
  linkAll(join(root, 'node_modules'), join(shop, 'node_modules'))
  for (const { dir } of packages) {
    const own = join(dir.replace(shop, root), 'node_modules')
    if (existsSync(own)) symlinkSync(own, join(dir, 'node_modules'))
  }
}

function linkAll(from, to) {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [here, there] = [join(from, entry.name), join(to, entry.name)]
    // A workspace: its link is relative, and so leads to the copy.
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(here), there)
    else if (entry.name === '@wantconn') linkAll(here, there)
    else symlinkSync(here, there)
  }
}
