import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npm, readJson, root, tool } from '../run.mjs'

const VERSIONS = ['5.6', '5.7', '5.8', '5.9', '6.0', '7.0']

/** Both ways in which a project resolves modules, and the core for pages, without Node's types. */
const PROJECTS = {
  nodenext: { module: 'nodenext', types: ['node'], lib: ['es2022'] },
  bundler: { module: 'esnext', moduleResolution: 'bundler', types: ['node'], lib: ['es2022'] },
  page: {
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
    lib: ['es2022', 'esnext.disposable', 'dom'],
  },
}

/** The compilers to try: those of many years, or in short the one of this repository. */
export function compilers(short) {
  if (!short) return VERSIONS.map((version) => ({ version, name: `typescript-${version}` }))
  const { version } = readJson(join(root, 'node_modules/typescript/package.json'))
  return [{ version, from: root, name: 'typescript' }]
}

/** A strict project that imports every entry, and checks the packages' types, too. */
export async function compile(rehearsal, { version, name, from }) {
  const home = from ?? (await installCompiler(rehearsal, version, name))
  const dir = join(rehearsal.stranger, `types-${version}`)
  writeProjects(rehearsal, dir)
  for (const project of Object.keys(PROJECTS)) {
    await tool(name, ['-p', join(dir, `tsconfig.${project}.json`)], { cwd: dir }, home)
  }
  return Object.keys(PROJECTS).join(', ')
}

/** From where npm gets its packages, as it is no part of what is rehearsed. */
async function installCompiler({ folder }, version, name) {
  const home = join(folder, 'compilers')
  mkdirSync(home, { recursive: true })
  const spec = `${name}@npm:typescript@~${version}.0`
  await npm(['install', '--no-audit', '--no-fund', '--prefer-offline', spec], { cwd: home })
  return home
}

function writeProjects({ entries }, dir) {
  mkdirSync(dir, { recursive: true })
  const all = entries.map((entry, i) => `export * as entry${i} from '${entry}'\n`)
  writeFileSync(join(dir, 'all.mts'), all.join(''))
  for (const file of ['use-node.mts', 'use-core.mts']) {
    copyFileSync(join(root, 'scripts/rehearsal/stranger', file), join(dir, file))
  }
  for (const [project, options] of Object.entries(PROJECTS)) {
    const files =
      project === 'page' ? ['use-core.mts'] : ['all.mts', 'use-node.mts', 'use-core.mts']
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      target: 'es2022',
      ...options,
    }
    writeFileSync(join(dir, `tsconfig.${project}.json`), JSON.stringify({ compilerOptions, files }))
  }
}
