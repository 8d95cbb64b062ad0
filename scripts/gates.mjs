// What a published package must pass. Reads dist, so build first. One line for each gate.

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { entriesOf, peersOf, publishedPackages } from './published.mjs'
import { node, npm, readJson, root, tool } from './run.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'gates-'))
const packages = publishedPackages()

async function pack({ dir }) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch]
  const [{ filename, files }] = JSON.parse(await npm(args, { cwd: dir }))
  return { tarball: join(scratch, filename), files: files.map(({ path }) => path) }
}

const INSTALL_FLAGS = [
  '--loglevel=error',
  '--prefer-offline',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--no-package-lock',
]

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

const entries = packages.flatMap(entriesOf)

/** A stranger's project: installs the tarballs, then loads each entry point in both ways. */
async function checkInstalled(packed) {
  const loader = join(scratch, 'load-entries.mjs')
  writeFileSync(join(scratch, 'package.json'), JSON.stringify({ private: true }))
  copyFileSync(join(root, 'scripts/load-entries.mjs'), loader)
  const tarballs = packed.map(({ tarball }) => tarball)
  await npm(['install', ...INSTALL_FLAGS, ...tarballs, ...peersOf(packages)], { cwd: scratch })
  await node([loader, ...entries], { cwd: scratch })
  return `${entries.length} entry points on Node ${process.versions.node}`
}

/** The same project, in TypeScript: the published types need nothing but those of Node. */
async function checkTypes() {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2022'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  const imports = entries.map((entry, index) => `export * as entry${index} from '${entry}'\n`)
  writeFileSync(join(scratch, 'main.mts'), imports.join(''))
  writeFileSync(
    join(scratch, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['main.mts'] }),
  )
  await tool('typescript', ['-p', scratch])
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
    await gate(`${name} publint`, () => tool('publint', [own.tarball, '--strict']))
    await gate(`${name} types resolve (attw)`, () =>
      tool('@arethetypeswrong/cli', [own.tarball, '--profile', 'esm-only', '--no-emoji']),
    )
    await gate(`${name} size, gzipped`, () => checkSize(manifest))
  }
  await gate('the packages install together', () => checkInstalled(packed))
  await gate('their types compile for their users', checkTypes)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

if (failed > 0) console.log(`${failed} gates failed`)
process.exitCode = failed > 0 ? 1 : 0
