import type { ClientHttp2Session } from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { adapterConformance, type Backend } from '@wantconn/pool-core/testing'
import { test } from 'vitest'
import { type Http2Target, http2Adapter } from '../src/index.ts'
import { read } from './support/fixtures.ts'
import { openOrigin } from './support/h2-origin.ts'

const host = '127.0.0.1'

async function openSilent(): Promise<{ port: number; sockets: Set<Socket>; stop(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}).resume())
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function setup(tls: boolean): Promise<Backend<Http2Target, ClientHttp2Session>> {
  const origin = await openOrigin({ tls })
  const other = await openOrigin({ tls })
  const silent = await openSilent()
  const gone = await openOrigin()
  gone.stop()
  const farSide = (session: ClientHttp2Session) =>
    [...origin.sessions].find(({ socket }) => socket?.remotePort === session.socket?.localPort)
  return {
    target: origin.target,
    otherTargets: [other.target, { ...origin.target, localAddress: host }],
    refusingTarget: { ...origin.target, port: gone.port },
    refusedWith: 'ECONNREFUSED',
    silentTarget: { ...origin.target, port: silent.port },
    openConnections: () => origin.sockets.size + other.sockets.size + silent.sockets.size,
    use: (session) => read(session.request({ ':path': '/' })),
    kill: (session) => {
      const { localPort } = session.socket
      for (const socket of origin.sockets) if (socket.remotePort === localPort) socket.destroy()
    },
    drain: (session) => farSide(session)?.goaway(),
    setCapacity: (session, capacity) =>
      farSide(session)?.settings({ maxConcurrentStreams: capacity }),
    tearDown() {
      for (const { stop } of [origin, other, silent]) stop()
    },
  }
}

for (const tls of [false, true]) {
  const laws = adapterConformance({
    name: tls ? 'http2Adapter over TLS' : 'http2Adapter',
    adapter: http2Adapter(),
    setup: () => setup(tls),
    capabilities: { drains: true, resizes: true },
    rounds: tls ? 100 : 1_000,
  })
  for (const law of laws) test(law.name, law.run)
}
