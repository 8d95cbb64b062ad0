import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** The core knows no platform, no wire, and no time but that of its clock. */

const src = fileURLToPath(new URL('../src/', import.meta.url))

const TIMES = new Set([
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'Date',
  'performance',
])
const TRANSPORT = /\b(http|tls|sockets?|streams?|tcp|alpn)\b/gi

type Rule = (file: string, text: string) => string[]

const isTesting = (file: string): boolean => file.startsWith('testing/')
const lineOf = (text: string, pos: number): number => text.slice(0, pos).split('\n').length

const imports: Rule = (file, text) => {
  const { importedFiles, typeReferenceDirectives } = ts.preProcessFile(text, true, true)
  return [...importedFiles, ...typeReferenceDirectives]
    .filter(({ fileName: name }) =>
      isTesting(file) ? name.startsWith('node:') : !/^\.\.?\//.test(name),
    )
    .map(({ fileName: name, pos }) => `${file}:${lineOf(text, pos)} imports ${name}`)
}

const times: Rule = (file, text) => {
  if (isTesting(file) || file === 'clock.ts' || file.endsWith('.d.ts')) return []
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && TIMES.has(node.text) && isGlobal(node)) {
      found.push(`${file}:${lineOf(text, node.getStart())} uses ${node.text}`)
    }
    node.forEachChild(visit)
  }
  visit(source)
  return found
}

/** `setTimeout(…)` and `globalThis.setTimeout`, but not `clock.setTimeout`, a type or a declaration. */
function isGlobal(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return parent.expression.getText() === 'globalThis'
  }
  if (ts.isShorthandPropertyAssignment(parent)) return true
  const declares = 'name' in parent && parent.name === node
  return !declares && !ts.isTypeReferenceNode(parent)
}

/** In comments too: a reader who never heard of the wire should miss nothing. */
const transport: Rule = (file, text) => {
  if (isTesting(file)) return []
  const words = text.replace(/([a-z\d])(?=[A-Z])/g, '$1 ')
  return [...words.matchAll(TRANSPORT)].map(
    ({ 0: word, index }) => `${file}:${lineOf(words, index)} says ${word}`,
  )
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))

describe.each([
  ['the core imports only itself', imports],
  ['timers and the time of day are known to the clock alone', times],
  ['the core speaks of no transport', transport],
])('%s', (_, rule) => {
  test.each(files)('%s', (file) => {
    expect(rule(file, readFileSync(`${src}${file}`, 'utf8'))).toEqual([])
  })
})

describe('a breach is found', () => {
  test.each([
    ['a platform import', imports, 'pool.ts', "import { connect } from 'node:net'"],
    ['a platform import in the test kit', imports, 'testing/laws.ts', "import 'node:net'"],
    ['a bare import', imports, 'pool.ts', "export * from 'tarn'"],
    ['an import while running', imports, 'pool.ts', "const net = await import('net')"],
    ['types of the platform', imports, 'pool.ts', '/// <reference types="node" />'],
    ['a timer', times, 'pool.ts', 'setTimeout(run, 5)'],
    ['a timer by way of the global object', times, 'pool.ts', 'globalThis.clearTimeout(timer)'],
    ['a timer handed on', times, 'pool.ts', 'const clock = { setTimeout }'],
    ['the time of day', times, 'pool.ts', 'const now = Date.now()'],
    ['time since the start', times, 'pool.ts', 'const now = performance.now()'],
    ['a transport word in a comment', transport, 'pool.ts', '// closes the Socket'],
    ['a transport word inside a name', transport, 'pool.ts', 'const tlsOptions = {}'],
  ])('%s', (_, rule, file, text) => {
    expect(rule(file, text)).toHaveLength(1)
  })

  test.each([
    ['a relative import', imports, 'pool.ts', "import { Want } from './want-conn.ts'"],
    ['the timer of a clock', times, 'pool.ts', 'clock.setTimeout(run, clock.now() + 5)'],
    ['a clock', times, 'pool.ts', 'const clock = { setTimeout(run: () => void) { run() } }'],
    ['the type of a clock', times, 'pool.ts', 'interface Clock { setTimeout(ms: number): Date }'],
    ['the clock itself', times, 'clock.ts', 'setTimeout(run, 5)'],
    ['a word that only contains one', transport, 'pool.ts', '// upstream'],
  ])('%s is none', (_, rule, file, text) => {
    expect(rule(file, text)).toEqual([])
  })
})
