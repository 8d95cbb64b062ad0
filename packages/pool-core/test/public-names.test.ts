import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { expect, test } from 'vitest'
import * as front from '../src/index.ts'
import * as testing from '../src/testing/index.ts'

/** What others may import. A name added here is a promise; a name taken away is a breach of one. */

const source = (path: string): ts.SourceFile => {
  const text = readFileSync(new URL(path, import.meta.url), 'utf8')
  return ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)
}

/** The names in a file of named re-exports, types included. */
function exportedNames(path: string): string[] {
  const names: string[] = []
  for (const statement of source(path).statements) {
    const clause = ts.isExportDeclaration(statement) ? statement.exportClause : undefined
    if (clause === undefined || !ts.isNamedExports(clause)) {
      throw new Error(`${path} has more than named re-exports: ${statement.getText()}`)
    }
    names.push(...clause.elements.map((element) => element.name.text))
  }
  return names.sort()
}

test('the front door exports these values', () => {
  expect(Object.keys(front).sort()).toEqual(['Pool', 'PoolError', 'isPoolError'])
})

test('the front door exports these values and types', () => {
  expect(exportedNames('../src/index.ts')).toEqual([
    'AcquireOptions',
    'Adapter',
    'Clock',
    'CloseReason',
    'ConnClosedEvent',
    'DialDoneEvent',
    'DialStartEvent',
    'GetConnEvent',
    'GotConnEvent',
    'KeyStats',
    'Lease',
    'Link',
    'Pool',
    'PoolError',
    'PoolErrorCode',
    'PoolOptions',
    'PoolStats',
    'PoolTotals',
    'PoolTrace',
    'PutIdleEvent',
    'ReleaseHint',
    'Settle',
    'Want',
    'WantFailedEvent',
    'WarmOptions',
    'isPoolError',
  ])
})

test('the testing door exports these values', () => {
  expect(Object.keys(testing).sort()).toEqual([
    'ConformanceError',
    'FakeAdapter',
    'FakeClock',
    'FakeConn',
    'FakeDial',
    'PoolTester',
    'SimulationError',
    'TesterWant',
    'adapterConformance',
    'checkInvariants',
    'explore',
    'simulate',
  ])
})

test('the testing door has named re-exports only, among them all its values', () => {
  expect(exportedNames('../src/testing/index.ts')).toEqual(
    expect.arrayContaining(Object.keys(testing)),
  )
})

test('a pool has these members, and no way into what is behind it', () => {
  const pool = new front.Pool({ key: () => 'a', dial: async () => ({}), close: () => {} })
  const members = Reflect.ownKeys(front.Pool.prototype).map((name) =>
    // Its description depends on the host.
    name === Symbol.asyncDispose ? 'asyncDispose' : String(name),
  )

  expect(Reflect.ownKeys(pool)).toEqual([])
  expect(members.sort()).toEqual([
    'acquire',
    'asyncDispose',
    'close',
    'closeIdle',
    'constructor',
    'destroy',
    'keys',
    'stats',
    'tryAcquire',
    'use',
    'want',
    'warm',
  ])
})
