import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entriesOf, publishedPackages } from '../published.mjs'
import { snippetsOf } from '../snippets.mjs'
import { filesOf, pages, read, root } from './repository.ts'

/** Every example of a page or a doc comment is compiled, and run if it can be. */

interface Example {
  /** `README.md:12`. */
  readonly where: string
  /** `run`, `check` or `fragment`. */
  readonly mode: string
  /** `js` or `ts`. */
  readonly lang: string
  /** Where it is written, below the folder of all. */
  readonly path: string
  readonly code: string
}

/** Pages whose examples have a test of their own, beside what they are about. */
const runElsewhere = [
  'docs/testing-your-app.md',
  'docs/adapter-authoring.md',
  'examples/custom-adapter/README.md',
  'examples/pg-adapter/README.md',
]

const exportedBy = new Map<string, readonly string[]>([
  ['node:diagnostics_channel', ['subscribe']],
  ['node:test', ['test']],
  ['node:assert/strict', ['deepEqual', 'equal', 'rejects']],
])
for (const entry of publishedPackages().flatMap(entriesOf)) {
  exportedBy.set(entry, Object.keys(await import(entry)))
}

const slug = (path: string): string => path.replace(/[^\w]+/g, '-')

const onPages: Example[] = pages().flatMap((page) =>
  snippetsOf(read(page)).map((snippet, i) => ({
    where: `${page}:${snippet.line}`,
    mode: snippet.mode === 'run' && runElsewhere.includes(page) ? 'check' : snippet.mode,
    lang: snippet.lang,
    path: join(slug(page), snippet.file ?? `${i}.${snippet.lang === 'ts' ? 'mts' : 'mjs'}`),
    code: snippet.code,
  })),
)

/** In doc comments, what they need is not said: it is imported here. */
const inComments: Example[] = filesOf('packages/*/src/**/*.ts').flatMap((file) =>
  [...read(file).matchAll(/\/\*\*.*?\*\//gs)].flatMap(([comment]) =>
    snippetsOf(comment.replace(/^\s*\* ?/gm, '')).map((snippet, i) => ({
      where: `${file}: ${snippet.code.split('\n')[0]}`,
      mode: 'fragment',
      lang: snippet.lang,
      path: join(slug(file), `${i}.mts`),
      code: `${importsFor(snippet.code)}\n${readable(snippet.code)}\nexport {}\n`,
    })),
  ),
)

/** What stands for "and so on" is no syntax. */
function readable(code: string): string {
  return code.replaceAll('…', '{}')
}

/** All names that a piece of code uses and that one of these modules exports. */
function importsFor(code: string): string {
  const used = new Set(code.match(/\b[\w$]+\b/g))
  return [...exportedBy]
    .map(([entry, names]) => ({ entry, names: names.filter((name) => used.has(name)) }))
    .filter(({ names }) => names.length > 0)
    .map(({ entry, names }) => `import { ${names.join(', ')} } from '${entry}'`)
    .join('\n')
}

let folder: string

beforeAll(() => {
  // Below node_modules, so that nothing else looks at it, and packages resolve as for a user.
  folder = mkdtempSync(join(root, 'node_modules/.snippets-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const { path, code } of [...onPages, ...inComments]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), code)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([...onPages, ...inComments])('$where can be read', ({ lang, code, mode }) => {
  const text = mode === 'fragment' ? readable(code) : code
  const name = lang === 'ts' ? 'snippet.mts' : 'snippet.mjs'
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext)

  const { parseDiagnostics } = source as unknown as { parseDiagnostics: ts.Diagnostic[] }
  expect(parseDiagnostics.map(({ messageText }) => messageText)).toEqual([])
})

test('the examples in doc comments compile, with what their names stand for', () => {
  expect(compile(inComments, { strict: true }, WRONG_USE)).toEqual([])
})

describe('complete examples', () => {
  const complete = onPages.filter(({ mode }) => mode !== 'fragment')

  test('compile: strictly in TypeScript, with what can be inferred in JavaScript', () => {
    const strict = complete.filter(({ lang }) => lang === 'ts')
    const inferred = complete.filter(({ lang }) => lang === 'js')

    expect(compile(strict, { strict: true })).toEqual([])
    expect(
      compile(inferred, { allowJs: true, checkJs: true }, [...WRONG_USE, ...UNKNOWN_NAME]),
    ).toEqual([])
  })

  test.each(complete.filter(({ mode, lang }) => mode === 'run' && lang === 'js'))(
    '$where runs as it stands',
    async ({ path }) => {
      const run = promisify(execFile)(process.execPath, [basename(path)], {
        cwd: join(folder, dirname(path)),
        timeout: 60_000,
      })

      expect((await run).stderr).toBe('')
    },
  )
})

/**
 * Of code without types the compiler knows little, and so complains of much. These are no matter of
 * types: no such module, no such export, no such option, no such member.
 */
const WRONG_USE = [2305, 2307, 2339, 2353, 2551, 2561, 2614, 2724]
const UNKNOWN_NAME = [2304, 2552]

/** Where a type would have had to be written. */
function isOfJavaScript({ messageText }: ts.Diagnostic): boolean {
  const said = ts.flattenDiagnosticMessageText(messageText, '\n')
  return /on type '(string \| AddressInfo( \| null)?|object|never|unknown|\{\}|FakeConn)'/.test(
    said,
  )
}

/** What the compiler says, each with the place on its page. */
function compile(
  examples: readonly Example[],
  options: ts.CompilerOptions,
  only?: readonly number[],
): string[] {
  const program = ts.createProgram(
    examples.map(({ path }) => join(folder, path)),
    {
      ...options,
      noEmit: true,
      allowImportingTsExtensions: true,
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      skipLibCheck: true,
    },
  )
  const found = ts
    .getPreEmitDiagnostics(program)
    .filter((fault) => only === undefined || (only.includes(fault.code) && !isOfJavaScript(fault)))
  return found.map(({ file, start = 0, messageText }) => {
    const example = examples.find(({ path }) => file?.fileName === join(folder, path))
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
    const said = ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${example?.where ?? file?.fileName} + ${line}: ${said}`
  })
}
