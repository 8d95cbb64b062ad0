import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { run } from '../run.mjs'

const DOCUMENTS = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE']

/** Compares what the registry hands out with what follows from the sources. */
export async function checkTarball(rehearsal, manifest) {
  const { name, version } = manifest
  const packed = await rehearsal.npmOfStranger('pack', `${name}@${version}`, '--json')
  const [{ files, size }] = JSON.parse(packed)
  const held = new Set(files.map(({ path }) => path))
  const wanted = new Set([
    ...DOCUMENTS,
    ...(await sourcesAndTypes(rehearsal, manifest)),
    ...javascript(manifest),
  ])
  const wrong = [
    ...[...held].filter((file) => !wanted.has(file)).map((file) => `${file} does not belong`),
    ...[...wanted].filter((file) => !held.has(file)).map((file) => `${file} is missing`),
  ]
  if (wrong.length > 0) throw new Error(`${name}\n${wrong.join('\n')}`)
  return `${name} ${held.size} files, ${Math.round(size / 1_000)} kB`
}

/** All sources that git has, but what the manifest leaves out, and the types made of them. */
async function sourcesAndTypes({ shop }, { dir, files }) {
  const left = new Set(files.filter((file) => file.startsWith('!')).map((file) => file.slice(1)))
  const listed = await run('git', ['ls-files', 'src'], { cwd: dir })
  const sources = listed.split('\n').filter((file) => file && !left.has(file))
  if (sources.length === 0) throw new Error(`no sources below ${dir.slice(shop.length)}`)
  const types = sources
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.replace(/^src\/(.*)\.ts$/, 'dist/$1.d.ts'))
  return [...sources, ...types, ...types.map((file) => `${file}.map`)]
}

/** The files of the entry points, and those that they import, each with its map. */
function javascript({ dir, exports }) {
  const found = new Set()
  const visit = (file) => {
    if (found.has(file)) return
    found.add(file)
    const code = existsSync(join(dir, file)) ? readFileSync(join(dir, file), 'utf8') : ''
    for (const [, path] of code.matchAll(/\b(?:from|import)\s*\(?"(\.[^"]+)"/g)) {
      visit(posix.join(posix.dirname(file), path))
    }
  }
  for (const target of Object.values(exports)) {
    if (typeof target !== 'string') visit(posix.normalize(target.default))
  }
  return [...found].flatMap((file) => [file, `${file}.map`])
}
