// Bundles the page into dist/page: page.js, page.css and what is in static/. Fails if it has grown
// beyond what a page may weigh.

import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const maxGzipBytes = 100_000

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const out = here('../dist/page')

await rm(out, { recursive: true, force: true })
await build({
  entryPoints: { page: here('main.tsx') },
  outdir: out,
  bundle: true,
  minify: true,
  sourcemap: 'linked',
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'eof',
  logLevel: 'warning',
})
await cp(here('static'), out, { recursive: true })

const shipped = (await readdir(out)).filter((name) => !name.endsWith('.map'))
const sizes = shipped.map(async (name) => gzipSync(await readFile(`${out}/${name}`)).length)
const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
console.log(`page: ${(total / 1_000).toFixed(1)} kB gzip`)
if (total > maxGzipBytes) {
  console.error(`page: more than ${maxGzipBytes / 1_000} kB gzip`)
  process.exitCode = 1
}
