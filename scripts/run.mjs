// Running programs to their end. What a failed one said is in its error.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'

const exec = promisify(execFile)

export const root = fileURLToPath(new URL('..', import.meta.url))
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

const LIMITS = { maxBuffer: 2 ** 26, timeout: 10 * 60_000 }

/** Resolves to what the program wrote to stdout. */
export async function run(program, args, options = {}) {
  try {
    const { stdout } = await exec(program, args, { cwd: root, ...LIMITS, ...options })
    return stdout
  } catch (cause) {
    const said = [cause.stdout, cause.stderr].filter(Boolean).join('\n') || cause.message
    throw Object.assign(new Error(stripVTControlCharacters(said).trim(), { cause }), {
      stdout: cause.stdout,
    })
  }
}

export const node = (args, options) => run(process.execPath, args, options)

export function npm(args, options) {
  const cli = process.env.npm_execpath
  return cli ? node([cli, ...args], options) : run('npm', args, options)
}

/** Runs a tool that is installed in `from` by the name of its package. */
export function tool(name, args, options, from = root) {
  const path = join(from, 'node_modules', name, 'package.json')
  const { bin } = readJson(path)
  const script = typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0])
  return node([join(dirname(path), script), ...args], options)
}
