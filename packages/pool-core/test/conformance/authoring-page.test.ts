import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lawBook } from '../../src/testing/laws/law-book.ts'

/** What `docs/adapter-authoring.md` shows is compiled and run, and its rules are those of the kit. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, '../../docs/adapter-authoring.md'), 'utf8')

/** The examples by the file name in their first line. */
const examples = new Map(
  [...page.matchAll(/```[jt]s\n\/\/ ([\w.-]+)\n(.*?)```/gs)].map(([, name = '', code = '']) => [
    name,
    code,
  ]),
)

const flattened = page.replace(/\s+/g, ' ')

describe('the rules', () => {
  test('have the anchors of the laws, in their order', () => {
    const anchors = [...page.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id]) => id)

    expect(anchors).toEqual(lawBook.map(({ id }) => id))
  })

  test.each(lawBook.map((law) => [law.id, law] as const))('%s has its title', (id, { title }) => {
    expect(flattened).toContain(`<a id="${id}"></a>**${id}: ${title}.**`)
  })
})

describe('the examples', () => {
  let folder: string

  beforeAll(() => {
    // Below node_modules, so that nothing else looks at it, and packages resolve as for a user.
    const parent = join(root, 'node_modules')
    mkdirSync(parent, { recursive: true })
    folder = mkdtempSync(join(parent, '.authoring-'))
    for (const [name, code] of examples) writeFileSync(join(folder, name), code)
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('are all there', () => {
    expect([...examples.keys()]).toEqual([
      'tcp-adapter.ts',
      'use-it.ts',
      'greeted-adapter.ts',
      'far-side.ts',
      'conformance.spec.ts',
      'conformance.test.ts',
      'conformance.mocha.js',
    ])
    expect(page.match(/```[jt]s\b/g)).toHaveLength(examples.size)
  })

  test('show an adapter of no more than thirty lines', () => {
    const lines = examples.get('tcp-adapter.ts')?.trim().split('\n') ?? []

    expect(lines.length).toBeLessThanOrEqual(30)
  })

  test('compile under strict rules, and their adapters keep every law', {
    timeout: 120_000,
  }, async () => {
    for (const [name, code] of greetedExamples()) writeFileSync(join(folder, name), code)
    const files = [...examples.keys(), 'greeted-side.ts', 'greeted.test.ts']
    const sources = files.filter((name) => name.endsWith('.ts'))
    expect(compile(sources.map((name) => join(folder, name)))).toEqual([])

    for (const file of ['conformance.test.js', 'greeted.test.js']) {
      const stdout = await runTests(folder, file)

      expect(stdout).toMatch(/^# fail 0$/m)
      expect(stdout).toMatch(/^# skipped 3$/m)
      expect(stdout).toMatch(new RegExp(`^# pass ${lawBook.length - 3}$`, 'm'))
    }
  })
})

/** What the page shows for one adapter, with a server that greets, for the other. */
function greetedExamples(): Map<string, string> {
  const side = examples.get('far-side.ts') ?? ''
  const laws = examples.get('conformance.test.ts') ?? ''
  return new Map([
    [
      'greeted-side.ts',
      side.replace('socket.pipe(', "socket.write('220 ready')\n    socket.pipe("),
    ],
    ['greeted.test.ts', laws.replaceAll('tcp', 'greeted').replace('far-side', 'greeted-side')],
  ])
}

async function runTests(folder: string, file: string): Promise<string> {
  const args = ['--test', '--test-reporter=tap', file]
  // A run within a run of node:test would report to the outer one.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env })
  return stdout
}

/** Compiles as a project that the page begins with, and a stricter one, and returns the complaints. */
function compile(files: string[]): string[] {
  const [, json = ''] = /```json\n(.*?)```/s.exec(page) ?? []
  const { outDir: _, rootDir: __, ...shown } = JSON.parse(json).compilerOptions
  const { options } = ts.convertCompilerOptionsFromJson(shown, root)
  const program = ts.createProgram(files, {
    ...options,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    typeRoots: [join(root, '../../node_modules/@types')],
    skipLibCheck: true,
  })
  const { diagnostics } = program.emit()
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, '\n'),
  )
}
