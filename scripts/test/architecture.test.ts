import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { chapter, filesOf, names, read, rows } from './repository.ts'

const page = read('ARCHITECTURE.md')

const areas = [
  'packages/pool-core/src',
  'packages/pool-core/src/testing',
  'packages/node-adapter/src',
  'packages/http2-adapter/src',
]

/** Files and folders (with a slash) right below a folder. */
function below(area: string): string[] {
  const inside = filesOf(`${area}/**`).map((file) => file.slice(area.length + 1))
  const own = inside.map((file) => file.replace(/\/.*/, '/'))
  return [...new Set(own)].sort()
}

describe('the file map', () => {
  test.each(areas)('of %s has all that is there, and nothing else', (area) => {
    const listed = rows(chapter(page, `### \`${area}\``)).flatMap(([first = '']) => names(first))

    expect(listed.sort()).toEqual(below(area))
  })

  test('of all besides has folders that exist', () => {
    const listed = rows(chapter(page, '### Beside the packages')).flatMap(([first = '']) =>
      names(first),
    )

    for (const folder of listed) expect(filesOf(`${folder}/**`), folder).not.toEqual([])
  })
})

test('the invariants are those that checkInvariants names', () => {
  const source = read('packages/pool-core/src/testing/invariants.ts')
  const named = [...source.matchAll(/['`]([A-Z]\d) /g)].map(([, id]) => id)
  const listed = rows(chapter(page, '## Invariants')).flatMap(([ids = '']) => ids.split(', '))

  expect(listed.sort()).toEqual([...new Set(named)].sort())
})

test('the places where things are changed exist', () => {
  const places = rows(chapter(page, '## Where do I change'))
    .flatMap(([, where = '']) => names(where))
    .filter((name) => name.endsWith('.ts') && !name.includes('{'))

  const all = filesOf('packages/pool-core/src/**')
  for (const place of places) {
    const isThere = all.some((file) => file.endsWith(`/src/${place}`))
    expect(isThere, place).toBe(true)
  }
})

describe('dependencies point one way', () => {
  /** Who may import what of ours; whoever is not listed may import all of it. */
  const allowed: Record<string, string[]> = {
    'packages/pool-core': [],
    'packages/node-adapter': ['@wantconn/pool-core'],
    'packages/http2-adapter': ['@wantconn/pool-core', '@wantconn/node-adapter'],
  }

  test.each(Object.entries(allowed))('%s', (folder, others) => {
    const breaches = filesOf(`${folder}/src/**/*.ts`).flatMap((file) => {
      const { importedFiles } = ts.preProcessFile(read(file), true, true)
      return importedFiles
        .filter(({ fileName }) => !isAllowed(folder, file, fileName, others))
        .map(({ fileName }) => `${file} imports ${fileName}`)
    })

    expect(breaches).toEqual([])
  })

  test.each(Object.entries(allowed))('the manifest of %s says the same', (folder, others) => {
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(read(`${folder}/package.json`))
    const own = Object.keys({ ...dependencies, ...peerDependencies }).filter((name) =>
      name.startsWith('@wantconn/'),
    )

    expect(own.sort()).toEqual([...others].sort())
  })

  test('no package imports an example, an app or a benchmark', () => {
    const all = filesOf('packages/*/src/**/*.ts').map(read).join('\n')

    expect(all).not.toMatch(/from '(@wantconn\/(example|demo|benchmarks)|.*\/(apps|examples)\/)/)
  })
})

function isAllowed(folder: string, file: string, imported: string, others: string[]): boolean {
  if (imported.startsWith('.')) return staysIn(folder, file, imported)
  if (!imported.startsWith('@wantconn/')) return true
  return others.some((name) => imported === name || imported.startsWith(`${name}/`))
}

function staysIn(folder: string, file: string, imported: string): boolean {
  return new URL(imported, `file:///${file}`).pathname.startsWith(`/${folder}/src/`)
}
