import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { node, readJson } from '../run.mjs'

// Fails in the pool's own code: the frame must be that of the source, which is there to be read.
const FAILING =
  "import { Pool } from '@wantconn/pool-core'\ntry { new Pool() } catch (error) { console.log(error.stack) }"

export async function checkSourceMaps({ stranger, packages }) {
  const maps = packages.flatMap(({ name }) => mapsBelow(join(stranger, 'node_modules', name)))
  const lost = maps.flatMap((map) =>
    readJson(map)
      .sources.map((source) => join(dirname(map), source))
      .filter((source) => !existsSync(source)),
  )
  if (lost.length > 0) throw new Error(`mapped, but not there:\n${[...new Set(lost)].join('\n')}`)
  const args = ['--enable-source-maps', '--input-type=module', '--eval', FAILING]
  const stack = await node(args, { cwd: stranger })
  const [, file] = /\((?:file:\/\/)?(\/[^)]*\/src\/[^):]+):\d+:\d+\)/.exec(stack) ?? []
  if (file === undefined || !existsSync(file)) throw new Error(`no source in this stack:\n${stack}`)
  return `${maps.length} maps`
}

function mapsBelow(dir) {
  return readdirSync(join(dir, 'dist'), { recursive: true })
    .filter((file) => file.endsWith('.map'))
    .map((file) => join(dir, 'dist', file))
}
