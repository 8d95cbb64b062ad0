import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'

export interface Example {
  readonly name: string
  readonly code: string
}

const require = createRequire(import.meta.url)

/** The programs in one page of the documentation that undici ships: those that start a server of their own. */
export function examplesOf(undici: string, page: string): Example[] {
  const folder = join(dirname(require.resolve(`${undici}/package.json`)), 'docs/docs/api')
  const text = readFileSync(join(folder, page), 'utf8')
  const programs: Example[] = []
  let number = 0
  for (const [, code] of text.matchAll(/```(?:js|mjs)\n(.*?)```/gs) as Iterable<string[]>) {
    number++
    if (code?.includes('createServer(') && !code.includes('fastify')) {
      programs.push({ name: `${page} ${number}`, code })
    }
  }
  return programs
}

/** The class whose instances an example makes: undici's own, or one of ours that is bound to an origin, too. */
const clients = {
  own: '',
  ours: `
    const { PoolDispatcher } = await import('@wantconn/node-adapter/undici')
    class Client extends PoolDispatcher {
      constructor(origin, options) {
        super({ connections: 1, undici: theirs, ...options })
        this.origin = origin
      }
      dispatch(options, handler) {
        return super.dispatch({ origin: this.origin, ...options }, handler)
      }
    }
    for (const name of ['request', 'stream', 'pipeline', 'connect', 'upgrade']) {
      Client.prototype[name] = theirs.Dispatcher.prototype[name]
    }
    undici = { ...theirs, Client }
  `,
}

/** What an example prints, in a thread of its own, and how it ends; whatever differs each time left out. */
export function outputOf(
  { code }: Example,
  undici: string,
  whose: keyof typeof clients,
): Promise<string> {
  const body = code.replace(
    /^import (.*?) from '(.*?)'$/gm,
    (_, names: string, from: string) =>
      `const ${named(names)} = ${from === 'undici' ? 'undici' : `require('${from}')`}`,
  )
  const program = `
    const run = async () => {
      const theirs = require('${undici}')
      let undici = theirs
      ${clients[whose]}
      {
        ${body}
      }
    }
    run()
  `
  return new Promise((resolve) => {
    const worker = new Worker(program, { eval: true, stdout: true, stderr: true })
    let [output, end] = ['', 'ended']
    worker.stdout.on('data', (data) => {
      output += data
    })
    worker.on('error', (error: Error & { code?: string }) => {
      end = `failed: ${error.code ?? error.name}`
    })
    const limit = setTimeout(() => {
      end = 'went on'
      void worker.terminate()
    }, 20_000)
    worker.once('exit', () => {
      clearTimeout(limit)
      setImmediate(() => resolve(`${output.replace(/\d{4,}|\w{3}, \d\d .* GMT/g, '…')}${end}`))
    })
  })
}

/** `EventEmitter, { once }` is what a default and a named import look like. */
function named(names: string): string {
  const [, first, rest] = /^(\w+), \{(.*)\}$/.exec(names) ?? []
  if (first !== undefined) return `{ ${first}, ${rest} }`
  return names
}
