import { once } from 'node:events'
import type { ClientHttp2Session } from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { adapterConformance, type Backend } from '@wantconn/pool-core/testing'
import { test } from 'vitest'
import {
  type Http2Target,
  http2Adapter,
  type NegotiatedConn,
  negotiatedAdapter,
} from '../src/index.ts'
import { read } from './support/fixtures.ts'
import { openOrigin } from './support/h2-origin.ts'
import { openTls } from './support/tls-echo.ts'

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
  for (const law of laws) test.runIf(law.applicable)(law.name, law.run, 120_000)
}

async function negotiatedSetup(): Promise<Backend<Http2Target, NegotiatedConn>> {
  const backend = await setup(true)
  const on =
    <Args extends unknown[]>(
      act: ((session: ClientHttp2Session, ...args: Args) => unknown) | undefined,
    ) =>
    (conn: NegotiatedConn, ...args: Args) =>
      act?.(sessionOf(conn), ...args)
  return {
    ...backend,
    use: (conn) => backend.use(sessionOf(conn)),
    kill: on(backend.kill),
    drain: on(backend.drain),
    setCapacity: on(backend.setCapacity),
    listeners: (conn) => {
      const session = sessionOf(conn)
      return session.eventNames().reduce((sum, name) => sum + session.listenerCount(name), 0)
    },
  }
}

function sessionOf(conn: NegotiatedConn): ClientHttp2Session {
  if (conn.protocol !== 'h2') throw new Error('not a session')
  return conn.session
}

for (const law of adapterConformance({
  name: 'negotiatedAdapter with a server of HTTP/2',
  adapter: negotiatedAdapter(),
  setup: negotiatedSetup,
  capabilities: { drains: true, resizes: true },
  rounds: 100,
})) {
  test.runIf(law.applicable)(law.name, law.run, 120_000)
}

async function olderSetup(): Promise<Backend<Http2Target, NegotiatedConn>> {
  const origins = [await openTls(), await openTls()] as const
  const silent = await openSilent()
  const gone = await openTls()
  gone.stop()
  const [{ target }, other] = origins
  return {
    target,
    otherTargets: [other.target],
    refusingTarget: gone.target,
    refusedWith: 'ECONNREFUSED',
    silentTarget: { host, port: silent.port, tls: true },
    openConnections: () => origins[0].sockets.size + other.sockets.size + silent.sockets.size,
    async use(conn) {
      if (conn.protocol !== 'http/1.1') throw new Error('not a socket')
      conn.socket.write('hello')
      await Promise.race([once(conn.socket, 'data'), once(conn.socket, 'close')])
      if (conn.socket.destroyed) throw new Error('closed')
    },
    kill(conn) {
      const { localPort } = (conn as { socket: Socket }).socket
      for (const socket of origins[0].sockets) if (socket.remotePort === localPort) socket.destroy()
    },
    tearDown() {
      for (const { stop } of [...origins, silent]) stop()
    },
  }
}

for (const law of adapterConformance({
  name: 'negotiatedAdapter with a server of HTTP/1.1',
  adapter: negotiatedAdapter(),
  setup: olderSetup,
  rounds: 100,
})) {
  test.runIf(law.applicable)(law.name, law.run, 120_000)
}
