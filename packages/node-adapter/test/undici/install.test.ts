import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { getGlobalDispatcher, setGlobalDispatcher, request as undiciRequest } from 'undici'
import { expect, test } from 'vitest'
import { startOrigin } from '../support/origin.ts'
import { newDispatcher } from './support/dispatcher.ts'
import { undici8 } from './support/undicis.ts'

const slots = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) =>
  Symbol.for(name),
)
const found = (): unknown[] =>
  slots.map((slot) => (globalThis as unknown as Record<symbol, unknown>)[slot])

async function fetched(url: string): Promise<string> {
  return (await fetch(url)).text()
}

test('an installed dispatcher serves every fetch, and the undo puts back what was there', async () => {
  const { port } = await startOrigin((_, res) => res.end('ok'))
  const url = `http://127.0.0.1:${port}`
  await fetched(url)
  const before = found()
  const dispatcher = newDispatcher()

  const undo = dispatcher.install()
  expect(await fetched(url)).toBe('ok')
  expect(await (await undiciRequest(url)).body.text()).toBe('ok')
  if (undici8 !== undefined) expect(await (await undici8.request(url)).body.text()).toBe('ok')
  expect(dispatcher.pool.stats().totals.got).toBe(undici8 === undefined ? 2 : 3)
  expect(dispatcher.pool.stats().totals.dials).toBe(1)
  expect(getGlobalDispatcher()).toBe(dispatcher)

  undo()
  expect(found()).toEqual(before)
  await fetched(url)
  expect(dispatcher.pool.stats().totals.got).toBe(undici8 === undefined ? 2 : 3)
  undo()
  expect(found()).toEqual(before)
})

test.each([
  ['in the opposite order', [1, 0]],
  ['in the same order', [0, 1]],
])('two that were installed can be taken out %s', (_, order) => {
  const before = found()
  const dispatchers = [newDispatcher(), newDispatcher()]
  const undos = dispatchers.map((dispatcher) => dispatcher.install())
  expect(found()).toEqual([dispatchers[1], dispatchers[1]])

  undos[order[0]!]!()
  const left = dispatchers[order[1]!]
  expect(found()).toEqual([left, left])
  undos[order[1]!]!()
  expect(found()).toEqual(before)
})

test('the undo leaves alone what somebody else has put in its place', () => {
  const undo = newDispatcher().install()
  const before = getGlobalDispatcher()
  const other = newDispatcher()
  setGlobalDispatcher(other as never)
  undo()
  expect(getGlobalDispatcher()).toBe(other)
  setGlobalDispatcher(before)
})

/** What two of the slots hold before and after, in a process of its own. */
async function inProcess(script: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { cwd: import.meta.dirname },
  )
  return JSON.parse(stdout)
}

test('neither the import nor a dispatcher in use changes anything global', async () => {
  const own = `
    const slots = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2']
    const globals = () => slots.map((name) => globalThis[Symbol.for(name)])
  `
  const changes = await inProcess(`${own}
    const http = await import('node:http')
    await fetch('http://127.0.0.1:1').catch(() => {})
    const before = globals()
    const { PoolDispatcher } = await import('@wantconn/node-adapter/undici')
    const afterImport = globals().map((value, i) => value === before[i])
    const server = http.createServer((req, res) => res.end('ok')).listen(0, '127.0.0.1', async () => {
      const dispatcher = new PoolDispatcher()
      await (await fetch('http://127.0.0.1:' + server.address().port, { dispatcher })).text()
      const afterUse = globals().map((value, i) => before[i] === undefined || value === before[i])
      await dispatcher.close()
      server.close()
      console.log(JSON.stringify({ afterImport, afterUse }))
    })
  `)
  expect(changes).toEqual({ afterImport: [true, true], afterUse: [true, true] })
})
