// What the packages and the repository must pass. Reads dist, so build first. One line for each gate.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { publishedPackages } from './published.mjs'
import { node, npm, readJson, root, tool } from './run.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'gates-'))
const packages = publishedPackages()

async function pack({ dir }) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch]
  const [{ filename, files }] = JSON.parse(await npm(args, { cwd: dir }))
  return { tarball: join(scratch, filename), files: files.map(({ path }) => path) }
}

const SHIPPED =
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|dist\/.+\.(js|d\.ts)(\.map)?|src\/.+\.ts)$/
const TEST = /(^|\/)(test|tests|__tests__)\/|\.(test|spec)\.|\.config\./

/** Everything named by the manifest and by the source maps is there, and nothing else. */
function checkFiles(manifest, { files }) {
  const has = new Set(files)
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  )
  const needed = ['README.md', 'LICENSE', ...targets.map((path) => posix.normalize(path))]
  const sources = files
    .filter((file) => file.endsWith('.map'))
    .flatMap((file) =>
      readJson(join(manifest.dir, file)).sources.map((source) =>
        posix.join(posix.dirname(file), source),
      ),
    )
  const wrong = [
    ...files
      .filter((file) => !SHIPPED.test(file) || TEST.test(file))
      .map((file) => `${file} does not belong`),
    ...needed.filter((file) => !has.has(file)).map((file) => `${file} is missing`),
    ...[...new Set(sources)]
      .filter((file) => !has.has(file))
      .map((file) => `${file} is mapped, but missing`),
  ]
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  return `${files.length} files`
}

async function checkSize({ name }) {
  // It fails beyond a limit, and says by how much all the same.
  const report = await tool('size-limit', ['--json']).catch(({ stdout }) => stdout)
  const own = JSON.parse(report).filter((entry) => entry.name === name)
  if (own.length === 0) throw new Error('no limit set in .size-limit.json')
  const sizes = own.map(({ size, sizeLimit }) => `${size} of ${sizeLimit} bytes`).join(', ')
  if (own.some(({ passed }) => !passed)) throw new Error(sizes)
  return sizes
}

/** A tool that has nothing to say if all is well. */
const passes = (name, args) => async () => {
  await tool(name, args)
}

/** All that strangers do with the packages, on this Node. */
async function rehearse() {
  const said = await node([join(root, 'scripts/rehearsal/main.mjs'), '--short'])
  return `${said.match(/^step ok/gm)?.length} steps`
}

let failed = 0

async function gate(title, check) {
  try {
    const note = await check()
    console.log(`gate ok      ${title}${typeof note === 'string' ? `: ${note}` : ''}`)
  } catch (error) {
    failed += 1
    console.log(`gate FAILED  ${title}\n${error.message.trim().replace(/^/gm, '    ')}`)
  }
}

try {
  const packed = []
  for (const manifest of packages) {
    const { name } = manifest
    await gate(`${name} packs`, async () => {
      packed.push({ name, ...(await pack(manifest)) })
    })
    const own = packed.find((one) => one.name === name)
    if (!own) continue
    await gate(`${name} ships what it names`, () => checkFiles(manifest, own))
    await gate(`${name} publint`, passes('publint', [own.tarball, '--strict']))
    await gate(
      `${name} types resolve (attw)`,
      passes('@arethetypeswrong/cli', [own.tarball, '--profile', 'esm-only', '--no-emoji']),
    )
    await gate(`${name} size, gzipped`, () => checkSize(manifest))
  }
  await gate(
    'nothing is exported, listed or lying around in vain (knip)',
    passes('knip', ['--no-progress', '--no-config-hints']),
  )
  await gate('the API reference has no warnings (typedoc)', passes('typedoc', ['--emit', 'none']))
  await gate('a release, in short', rehearse)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

if (failed > 0) console.log(`${failed} gates failed`)
process.exitCode = failed > 0 ? 1 : 0
