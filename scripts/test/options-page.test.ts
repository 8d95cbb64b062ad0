import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { chapter, names, read, rows } from './repository.ts'

const page = read('docs/options.md')

/** The rows of a chapter, by the options they are about. */
function optionsOf(heading: string): Map<string, string[]> {
  return new Map(
    rows(chapter(page, heading)).flatMap((cells) =>
      names(cells[0] ?? '').map((name) => [name, cells] as const),
    ),
  )
}

function sourceOf(path: string): ts.SourceFile {
  return ts.createSourceFile(path, read(path), ts.ScriptTarget.ESNext, true)
}

/** The members that an interface itself declares. */
function members(path: string, name: string): string[] {
  const found = sourceOf(path).statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  )
  if (found === undefined || !ts.isInterfaceDeclaration(found)) throw new Error(`no ${name}`)
  return found.members.map((member) => member.name?.getText() ?? '')
}

/** `const defaults = { … }`, as it is written. */
function defaults(path: string): Map<string, string> {
  const found = sourceOf(path)
    .statements.filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations)
    .find(({ name }) => name.getText() === 'defaults')?.initializer
  if (found === undefined || !ts.isObjectLiteralExpression(found))
    throw new Error(`none in ${path}`)
  return new Map(
    found.properties
      .filter(ts.isPropertyAssignment)
      .map(({ name, initializer }) => [name.getText(), initializer.getText()]),
  )
}

const core = 'packages/pool-core/src/options.ts'
const net = 'packages/node-adapter/src/net-options.ts'
const dispatcher = 'packages/node-adapter/src/undici/dispatcher-options.ts'
const http2 = 'packages/http2-adapter/src/http2-options.ts'

describe.each([
  ['PoolOptions', core, '## `new Pool('],
  ['AcquireOptions', core, '## One want'],
  ['NetAdapterOptions', net, '## `netAdapter('],
  ['OwnOptions', 'packages/node-adapter/src/agent/agent-options.ts', '## `new HttpAgent('],
  ['UndiciOptions', dispatcher, '## `new PoolDispatcher('],
  ['PoolDispatcherOptions', dispatcher, '## `new PoolDispatcher('],
  ['Http2AdapterOptions', http2, '## `http2Adapter('],
  [
    'Http2ClientOptions',
    'packages/http2-adapter/src/client/client-options.ts',
    '## `http2Adapter(',
  ],
  ['DiagnosticsOptions', 'packages/node-adapter/src/diagnostics.ts', '## `diagnosticsTrace('],
])('%s', (name, path, heading) => {
  test('each option has a row that says when to touch it', () => {
    const options = optionsOf(heading)

    expect(members(path, name).filter((member) => !options.has(member))).toEqual([])
    for (const cells of options.values()) {
      expect(cells).toHaveLength(4)
      expect(cells[3]?.length, cells[0]).toBeGreaterThan(10)
    }
  })
})

describe.each([
  ['a pool', core, 'PoolOptions', '## `new Pool('],
  ['netAdapter', net, 'NetAdapterOptions', '## `netAdapter('],
])('of %s', (_, path, name, heading) => {
  test('the page knows no other options', () => {
    expect([...optionsOf(heading).keys()].sort()).toEqual(members(path, name).sort())
  })
})

test.each([
  ['a pool', core, '## `new Pool('],
  ['netAdapter', net, '## `netAdapter('],
  ['http2Adapter', http2, '## `http2Adapter('],
])('the defaults of %s are those of the source', (_, path, heading) => {
  const options = optionsOf(heading)
  const inWords = ['clock', 'lookup', 'settings']
  const wrong = [...defaults(path)]
    .filter(([name]) => !inWords.includes(name))
    .map(([name, value]) => [name, spoken(value), options.get(name)?.[1]])
    .filter(([, value, shown]) => value !== shown)

  expect(wrong).toEqual([])
})

/** A default as the page shows it. */
function spoken(value: string): string {
  if (value === 'undefined') return 'none'
  return `\`${value === 'Number.POSITIVE_INFINITY' ? 'Infinity' : value}\``
}
