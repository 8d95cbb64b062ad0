import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createNoopMeter, type Meter, type MetricOptions } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { poolChannelNames } from '../src/diagnostics.ts'
import { connectionBuckets, waitBuckets } from '../src/opentelemetry/index.ts'
import { instrumentsOf } from '../src/opentelemetry/instruments.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(new URL('../../../docs/observability.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code as string)

/** The rows of the page's tables whose first cell is a name like this. */
function rowsOf(name: RegExp): string[][] {
  return [...page.matchAll(/^\| (`.*)\|$/gm)]
    .map(([, row]) => (row as string).split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .filter(([first]) => name.test(first as string))
}

interface Made {
  readonly name: string
  readonly type: string
  readonly unit: string
  readonly buckets: readonly number[] | undefined
}

/** Every instrument that is made for a pool. */
function instrumentsMade(): Made[] {
  const made: Made[] = []
  const meter = createNoopMeter()
  const recorded = new Proxy(meter, {
    get(target, method: keyof Meter) {
      if (!method.startsWith('create')) return target[method].bind(target)
      return (name: string, options: MetricOptions) => {
        const type = method.replace(/^create(Observable)?/, '')
        const buckets = options.advice?.explicitBucketBoundaries
        made.push({ name, type, unit: options.unit ?? '', buckets })
        return {}
      }
    },
  })
  instrumentsOf(recorded)
  return made
}

test.each([
  [
    'channels',
    0,
    /^api dialed tcp 127\.0\.0\.1:\d+: connected\napi closed tcp 127\.0\.0\.1:\d+: [a-z-]+$/m,
  ],
  [
    'metrics',
    1,
    /^http\.client\.connection\.duration 1$.*^http\.client\.open_connections 2$.*^wantconn\.pool\.dial\.duration 1$/ms,
  ],
])('the example of %s runs as it stands', async (_, index, output) => {
  const args = ['--input-type=module', '--eval', examples[index] as string]

  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root })

  expect(stderr).toBe('')
  expect(stdout).toMatch(output)
})

test('every example is run', () => {
  expect(examples).toHaveLength(2)
})

test('the page lists every channel', () => {
  expect(rowsOf(/^wantconn:/).map(([name]) => name)).toEqual(poolChannelNames)
})

test('the page lists every instrument with its type and unit', () => {
  const rows = rowsOf(/^(http|db|wantconn)\.[a-z_.]+$/).map(([name, type, unit]) => [
    name,
    type,
    unit,
  ])

  expect(rows).toHaveLength(19)
  expect(
    instrumentsMade()
      .map(({ name, type, unit }) => [name, type, unit])
      .sort(),
  ).toEqual(rows.sort())
})

test('instruments of the conventions have their names, types and units exactly', () => {
  const conventional = instrumentsMade()
    .filter(({ name }) => !name.startsWith('wantconn.'))
    .map(({ name, type, unit }) => `${name} ${type} ${unit}`)

  expect(conventional.sort()).toEqual([
    'db.client.connection.count UpDownCounter {connection}',
    'db.client.connection.create_time Histogram s',
    'db.client.connection.idle.max UpDownCounter {connection}',
    'db.client.connection.max UpDownCounter {connection}',
    'db.client.connection.pending_requests UpDownCounter {request}',
    'db.client.connection.timeouts Counter {timeout}',
    'db.client.connection.use_time Histogram s',
    'db.client.connection.wait_time Histogram s',
    'http.client.connection.duration Histogram s',
    'http.client.open_connections UpDownCounter {connection}',
    'http.client.request.time_in_queue Histogram s',
  ])
})

test('every histogram advises its buckets', () => {
  const advice = instrumentsMade()
    .filter(({ type }) => type === 'Histogram')
    .map(({ name, buckets }) => [name, buckets])

  expect(advice).toHaveLength(7)
  for (const [name, buckets] of advice) {
    const isDuration = name === 'http.client.connection.duration'
    expect([name, buckets]).toEqual([name, isDuration ? connectionBuckets : waitBuckets])
  }
  expect(waitBuckets).toEqual([
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
  ])
  expect(connectionBuckets).toEqual([
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
  ])
})
