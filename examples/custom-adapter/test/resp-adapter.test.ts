import { Pool } from '@wantconn/pool-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RespConn, RespError, type RespTarget, respAdapter } from '../src/index.ts'
import { RespServer } from './resp-server.ts'

let server: RespServer
let pool: Pool<RespTarget, RespConn>
let target: RespTarget

beforeEach(async () => {
  server = await RespServer.start()
  pool = new Pool(respAdapter(), { maxPerKey: 2 })
  target = { host: '127.0.0.1', port: server.port }
})

afterEach(async () => {
  pool.destroy()
  await server.stop()
})

describe('a pool of RESP connections', () => {
  test('answers commands, and uses its connections again', async () => {
    await pool.use(target, (conn) => conn.command('SET', 'colour', 'grün'))
    const colour = await pool.use(target, (conn) => conn.command('GET', 'colour'))
    const nothing = await pool.use(target, (conn) => conn.command('GET', 'shape'))

    expect([colour, nothing]).toEqual(['grün', null])
    expect(pool.stats().totals).toMatchObject({ got: 3, dials: 1 })
  })

  test('does not hand out a connection on which an answer is still to come', async () => {
    const lease = await pool.acquire(target)
    const late = lease.conn.command('ECHO', 'late').catch((error) => error)
    lease.release()

    const answer = await pool.use(target, (conn) => conn.command('ECHO', 'mine'))

    expect(answer).toBe('mine')
    expect(await late).toBeInstanceOf(Error)
    expect(pool.stats().totals.closed).toMatchObject({ broken: 1 })
  })

  test("rejects with the server's own error when the password is wrong", async () => {
    const guarded = await RespServer.start({ password: 'sesame' })
    const wrong = { ...target, port: guarded.port, password: 'mustard' }

    await expect(pool.acquire(wrong)).rejects.toMatchObject({ code: 'WRONGPASS' })
    await expect(pool.acquire(wrong)).rejects.toBeInstanceOf(RespError)
    expect(pool.stats().open).toBe(0)
    await guarded.stop()
  })

  test('keeps passwords out of its keys', () => {
    expect(respAdapter().key({ ...target, password: 'sesame' })).not.toContain('sesame')
  })
})
