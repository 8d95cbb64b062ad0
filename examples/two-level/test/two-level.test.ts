import { Pool } from '@wantconn/pool-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Channels, channelAdapter } from '../src/channel-adapter.ts'
import type { Session } from '../src/session.ts'
import { type SessionTarget, sessionAdapter } from '../src/session-adapter.ts'
import { SessionServer } from './session-server.ts'

let server: SessionServer
let sessions: Pool<SessionTarget, Session>
let channels: Pool<SessionTarget, Channels>

beforeEach(async () => {
  server = await SessionServer.start(4)
  sessions = new Pool(sessionAdapter, { maxPerKey: 2 })
  channels = new Pool(channelAdapter(sessions), { maxIdle: 0 })
})

afterEach(async () => {
  channels.destroy()
  sessions.destroy()
  await server.stop()
})

const ask = (text: string) => channels.use(server.target, (channel) => channel.ask(text))

describe('two levels', () => {
  test('twenty questions at once share two sessions, four at a time on each', async () => {
    const questions = Array.from({ length: 20 }, (_, index) => `question ${index}`)

    server.isHolding = true
    const asked = Promise.all(questions.map(ask))
    await expect.poll(() => server.received).toBe(8)
    server.answer()

    expect(await asked).toEqual(questions)
    expect(server.sessions).toBe(2)
    expect(server.mostOpen).toBe(4)
  })

  test('a session without channels goes back to those who want it for themselves', async () => {
    await ask('a question')

    const lease = await sessions.acquire(server.target)

    expect(lease).toMatchObject({ reused: true, wasIdle: true })
    expect(server.sessions).toBe(1)
    lease.release()
  })

  test('a session that one holder has for itself carries no channels', async () => {
    const whole = await Promise.all([0, 1].map(() => sessions.acquire(server.target)))
    const asked = ask('a question')
    expect(channels.stats()).toMatchObject({ open: 0, waiting: 1 })

    whole[0]?.release()

    expect(await asked).toBe('a question')
    whole[1]?.release()
  })

  test('a session that ends while it carries channels leaves both pools', async () => {
    server.isHolding = true
    const lease = await channels.acquire(server.target)
    const asked = lease.conn.ask('a question').catch((error) => error)

    server.kill(lease.conn.session)

    expect(await asked).toBeInstanceOf(Error)
    await expect.poll(() => [channels.stats().open, sessions.stats().open]).toEqual([0, 0])
    lease.release()
  })

  test('both pools close when their leases have ended', async () => {
    const lease = await channels.acquire(server.target)
    const closed = channels.close().then(() => sessions.close())

    lease.release()
    await closed

    expect(channels.stats().open + sessions.stats().open).toBe(0)
  })
})
