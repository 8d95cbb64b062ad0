import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, root, run } from '../run.mjs'
import { Skipped } from './run-steps.mjs'

/** Programs that npm brings inside of packages, without a download while it installs. */
export const smokeOnDeno = (rehearsal) =>
  smokeOn(rehearsal, 'deno', `@deno/linux-${process.arch}-glibc`, 'deno', ['run', '--allow-all'])

export const smokeOnBun = (rehearsal) => {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch
  return smokeOn(rehearsal, 'bun', `@oven/bun-linux-${arch}`, 'bin/bun', ['run'])
}

async function smokeOn({ folder, stranger }, name, carrier, program, args) {
  if (process.platform !== 'linux') return new Skipped(`${name} is taken from npm on Linux only`)
  try {
    const flags = ['--prefix', join(folder, name), '--ignore-scripts', '--no-audit', '--no-fund']
    await npm(['install', ...flags, carrier])
  } catch (error) {
    return new Skipped(`npm has no ${carrier}: ${error.message.split('\n')[0]}`)
  }
  const path = join(folder, name, 'node_modules', carrier, program)
  writeSmoke(stranger)
  const version = await run(path, ['--version'])
  await run(path, [...args, 'run-smoke.mjs'], { cwd: stranger, timeout: 60_000 })
  return `${name} ${/\d+\.\d+\.\d+/.exec(version)[0]}`
}

function writeSmoke(stranger) {
  copyFileSync(join(root, 'scripts/rehearsal/stranger/smoke.mjs'), join(stranger, 'smoke.mjs'))
  writeFileSync(
    join(stranger, 'run-smoke.mjs'),
    "import * as core from '@wantconn/pool-core'\nimport { smoke } from './smoke.mjs'\nconsole.log(await smoke(core))\n",
  )
}
