import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { node, npm, root } from '../run.mjs'

/** Loads every entry in both ways on a major version of Node, or on `this` one. */
export async function loadOnNode({ stranger, entries }, major) {
  copyFileSync(join(root, 'scripts/load-entries.mjs'), join(stranger, 'load-entries.mjs'))
  const script = ['load-entries.mjs', ...entries]
  const version =
    major === 'this'
      ? await node(script, { cwd: stranger })
      : await npm(['exec', '-y', `--package=node@${major}`, '-c', `node ${script.join(' ')}`], {
          cwd: stranger,
        })
  if (major !== 'this' && !version.startsWith(`v${major}.`)) throw new Error(`it was ${version}`)
  return `${entries.length} entries, ${version.trim()}`
}
