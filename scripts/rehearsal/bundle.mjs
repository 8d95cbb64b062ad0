import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import bytes from 'bytes-iec'
import * as esbuild from 'esbuild'
import { rollup } from 'rollup'
import { node, readJson, root } from '../run.mjs'

const SOURCE = "import { Pool } from '@wantconn/pool-core'\nglobalThis.Pool = Pool\n"

export async function bundleWithEsbuild({ stranger }) {
  const entry = writeEntry(stranger)
  const { outputFiles } = await esbuild.build({
    entryPoints: [entry],
    absWorkingDir: stranger,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
  })
  return checkBundle(stranger, 'esbuild', outputFiles[0].text)
}

/** Only to shake the tree: what is left is made small by the same tool, so that sizes compare. */
export async function bundleWithRollup({ stranger }) {
  const bundle = await rollup({
    input: writeEntry(stranger),
    plugins: [nodeResolve()],
    onwarn: ({ message }) => {
      throw new Error(message)
    },
  })
  const { output } = await bundle.generate({ format: 'esm' })
  await bundle.close()
  const { code } = await esbuild.transform(output[0].code, {
    format: 'esm',
    target: 'es2022',
    minify: true,
  })
  return checkBundle(stranger, 'rollup', code)
}

function writeEntry(stranger) {
  const entry = join(stranger, 'import-pool.mjs')
  writeFileSync(entry, SOURCE)
  return entry
}

/** It is no larger than the limit that holds for the core, and it works. */
async function checkBundle(stranger, tool, code) {
  const bundled = join(stranger, `bundled-by-${tool}.mjs`)
  writeFileSync(bundled, code)
  await node([bundled], { cwd: stranger })
  const size = gzipSync(code, { level: 9 }).length
  const { limit } = readJson(join(root, '.size-limit.json')).find(
    ({ name }) => name === '@wantconn/pool-core',
  )
  const note = `${code.length} bytes, ${size} gzipped; the limit is ${limit}`
  if (size > bytes.parse(limit)) throw new Error(note)
  return note
}
