import { describe, expect, inject, test } from 'vitest'
import { bars } from '../compare/bars.ts'
import { answerTimes } from '../compare/slow-connect.ts'
import { Database } from './database.ts'
import { postgresIsMissing } from './postgres-server.ts'

const missing = postgresIsMissing()

describe.skipIf(missing)(`beside pg-pool${missing ? ` (${missing})` : ''}`, () => {
  test('a query takes the connection that is free first, not the one begun for it', async () => {
    const database = await Database.create(inject('postgresPort'))

    const times = await answerTimes(database.target, { busyMs: 50, connectMs: 1_000 })

    expect(times.get('pg-pool')).toBeGreaterThanOrEqual(990)
    expect(times.get('wantconn')).toBeGreaterThanOrEqual(40)
    expect(times.get('wantconn')).toBeLessThan(800)
    await database.drop()
  })
})

test('bars are as long as their numbers say', () => {
  const lines = bars(
    new Map([
      ['a', 100],
      ['long', 50],
    ]),
    String,
  ).split('\n')

  expect(lines.map((line) => line.match(/█/g)?.length)).toEqual([50, 25])
  expect(lines[0]).toMatch(/^ {2}a {5}█+ {2}100$/)
})
