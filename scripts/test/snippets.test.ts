import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { snippetsOf } from '../snippets.mjs'
import { filesOf, pages, read, root } from './repository.ts'

/** Every example of a page or a doc comment is compiled, and run if it can be. */

interface Example {
  /** `README.md:12`. */
  readonly where: string
  readonly mode: 'run' | 'check' | 'fragment'
  readonly lang: 'js' | 'ts'
  /** Where it is written, below the folder of all. */
  readonly path: string
  readonly code: string
}

/** Pages whose examples have a test of their own, beside what they are about. */
const runElsewhere = ['docs/testing-your-app.md', 'docs/adapter-authoring.md']

const onPages: Example[] = pages().flatMap((page) =>
  snippetsOf(read(page)).map((snippet, i) => ({
    where: `${page}:${snippet.line}`,
    mode: snippet.mode === 'run' && runElsewhere.includes(page) ? 'check' : snippet.mode,
    lang: snippet.lang,
    path: join(slug(page), snippet.file ?? `${i}.${snippet.lang === 'ts' ? 'mts' : 'mjs'}`),
    code: snippet.code,
  })),
)

/** In doc comments they are pieces: what they need stands around them. */
const inComments: Example[] = filesOf('packages/*/src/**/*.ts').flatMap((file) =>
  [...read(file).matchAll(/\/\*\*.*?\*\//gs)].flatMap(([comment]) =>
    snippetsOf(comment.replace(/^\s*\* ?/gm, '')).map((snippet, i) => ({
      where: `${file}: ${snippet.code.split('\n')[0]}`,
      mode: 'fragment' as const,
      lang: snippet.lang,
      path: join(slug(file), `${i}.mts`),
      code: snippet.code,
    })),
  ),
)

const slug = (path: string): string => path.replace(/[^\w]+/g, '-')

let folder: string

beforeAll(() => {
  // Below node_modules, so that nothing else looks at it, and packages resolve as for a user.
  folder = mkdtempSync(join(root, 'node_modules/.snippets-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const { path, code } of onPages) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), code)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([...onPages, ...inComments])('$where can be read', ({ lang, code, mode }) => {
  // What stands for "and so on" is no syntax.
  const text = mode === 'fragment' ? code.replaceAll('…', '') : code
  const name = lang === 'ts' ? 'snippet.mts' : 'snippet.mjs'
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ESNext)

  const { parseDiagnostics } = source as unknown as { parseDiagnostics: ts.Diagnostic[] }
  expect(parseDiagnostics.map(({ messageText }) => messageText)).toEqual([])
})

describe('complete examples', () => {
  const complete = onPages.filter(({ mode }) => mode !== 'fragment')

  test('compile: strictly in TypeScript, with what can be inferred in JavaScript', () => {
    const strict = complete.filter(({ lang }) => lang === 'ts')
    const inferred = complete.filter(({ lang }) => lang === 'js')

    expect(compile(strict, { strict: true })).toEqual([])
    expect(compile(inferred, { allowJs: true, checkJs: true, strict: false })).toEqual([])
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

/** What the compiler says, each with the place on its page. */
function compile(examples: readonly Example[], options: ts.CompilerOptions): string[] {
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
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const example = examples.find(({ path }) => file?.fileName === join(folder, path))
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1
    const said = ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${example?.where ?? file?.fileName} + ${line}: ${said}`
  })
}
