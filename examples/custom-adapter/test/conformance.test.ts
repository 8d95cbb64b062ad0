import { adapterConformance, type Backend } from '@wantconn/pool-core/testing'
import { test } from 'vitest'
import { type RespConn, type RespTarget, respAdapter } from '../src/index.ts'
import { RespServer } from './resp-server.ts'

async function setup(): Promise<Backend<RespTarget, RespConn>> {
  const server = await RespServer.start({ password: 'sesame' })
  const silent = await RespServer.start({ isSilent: true })
  const target = { host: '127.0.0.1', port: server.port, password: 'sesame' }
  return {
    target,
    equalTargets: [{ ...target, database: 0 }],
    otherTargets: [
      { ...target, database: 1 },
      { ...target, password: 'mustard' },
      { ...target, port: silent.port },
    ],
    refusingTarget: { ...target, password: 'mustard' },
    refusedWith: 'WRONGPASS',
    silentTarget: { ...target, port: silent.port },
    openConnections: () => server.openConnections + silent.openConnections,
    use: (conn) => conn.command('ECHO', 'how are you?'),
    kill: (conn) => server.kill(conn),
    received: () => server.received,
    tearDown: () => Promise.all([server.stop(), silent.stop()]),
  }
}

for (const law of adapterConformance({ name: 'respAdapter', adapter: respAdapter(), setup })) {
  test.runIf(law.applicable)(law.name, law.run, 120_000)
}
