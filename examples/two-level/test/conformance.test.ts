import { Pool } from '@wantconn/pool-core'
import { adapterConformance, type Backend } from '@wantconn/pool-core/testing'
import { test } from 'vitest'
import { type Channels, channelAdapter } from '../src/channel-adapter.ts'
import type { Session } from '../src/session.ts'
import { type SessionTarget, sessionAdapter } from '../src/session-adapter.ts'
import { SessionServer } from './session-server.ts'

async function farSide() {
  const server = await SessionServer.start(4)
  const silent = await SessionServer.start(0)
  const gone = await SessionServer.start(1)
  const refusingTarget = gone.target
  await gone.stop()
  return {
    server,
    silent,
    targets: {
      target: server.target,
      otherTargets: [silent.target],
      refusingTarget,
      refusedWith: 'ECONNREFUSED',
      silentTarget: silent.target,
    },
    received: () => server.received,
    stop: () => Promise.all([server.stop(), silent.stop()]),
  }
}

async function sessionBackend(): Promise<Backend<SessionTarget, Session>> {
  const { server, silent, targets, received, stop } = await farSide()
  return {
    ...targets,
    received,
    openConnections: () => server.sessions + silent.sessions,
    use: (session) => session.ask('how are you?'),
    kill: (session) => server.kill(session),
    tearDown: stop,
  }
}

/** One pool for all laws: an adapter is one object, and this one has a pool behind it. */
const sessions = new Pool(sessionAdapter)

async function channelBackend(): Promise<Backend<SessionTarget, Channels>> {
  const { server, targets, received, stop } = await farSide()
  return {
    ...targets,
    received,
    // What this adapter opens is leases: a session without one belongs to the pool below.
    openConnections: () => sessions.stats().leases + sessions.stats().waiting,
    use: (channels) => channels.ask('how are you?'),
    kill: ({ session }) => server.kill(session),
    setCapacity: ({ session }, channels) => server.limit(session, channels),
    tearDown: async () => {
      sessions.closeIdle()
      await stop()
    },
  }
}

const laws = [
  ...adapterConformance({
    name: 'sessionAdapter',
    adapter: sessionAdapter,
    setup: sessionBackend,
  }),
  ...adapterConformance({
    name: 'channelAdapter',
    adapter: channelAdapter(sessions),
    setup: channelBackend,
    capabilities: { resizes: true },
  }),
]

for (const law of laws) test.runIf(law.applicable)(law.name, law.run, 120_000)
