import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { adapterConformance, type Backend } from '@wantconn/pool-core/testing'
import { describe, test } from 'vitest'
import { type NetLookup, type NetTarget, netAdapter } from '../src/index.ts'
import { type Listening, listen, startTcp, unusedPort } from './support/origin.ts'
import { startHttpProxy, startSocksProxy, startTunnel } from './support/proxies.ts'
import { certificate } from './support/tls-origin.ts'

const host = '127.0.0.1'

/** What an echo server ends a connection for. */
const lastWords = 'end it'

/** One name is never found, however long one waits: a dial that connects to it stays in its lookup. */
const lookup: NetLookup = (name, _options, callback) => {
  if (name !== 'silent.test') callback(null, host, 4)
}

const setups = {
  TCP,
  TLS,
  Unix,
  http: proxied,
  https: proxied,
  socks5: proxied,
  'TLS over https': tlsProxied,
}

describe.each(Object.entries(setups))('%s', (form, setup) => {
  const adapter = netAdapter({ lookup })
  const laws = adapterConformance({ name: form, adapter, setup: () => setup(form), rounds: 200 })

  for (const law of laws) test.runIf(law.applicable)(law.name, law.run, 120_000)
})

async function TCP(): Promise<Backend<NetTarget, Socket>> {
  const server = await startEcho(createServer())
  const target = { host, port: server.port }
  return {
    ...common([server]),
    target,
    equalTargets: [{ ...target, family: 0, localAddress: undefined }],
    otherTargets: [
      { ...target, host: 'localhost' },
      { ...target, family: 4 },
      { ...target, localAddress: host },
    ],
    refusingTarget: { host, port: await unusedPort() },
    refusedWith: 'ECONNREFUSED',
    silentTarget: { host: 'silent.test', port: 1 },
    kill: (conn) => peerOf(conn, server).destroy(),
  }
}

async function TLS(): Promise<Backend<NetTarget, Socket>> {
  const { key, cert } = await certificate()
  const server = await startEcho(createTlsServer({ key, cert }))
  const silent = await startTcp((socket) => socket.resume())
  const target = { host, port: server.port, tls: { ca: cert } }
  return {
    ...common([server, silent]),
    target,
    equalTargets: [{ ...target, tls: { ca: [Buffer.from(cert)] } }],
    otherTargets: [
      { ...target, host: 'localhost' },
      { ...target, tls: { ca: cert, servername: 'localhost' } },
      { ...target, tls: { ca: cert, ALPNProtocols: ['http/1.1'] } },
      { ...target, tls: { rejectUnauthorized: false } },
    ],
    refusingTarget: { ...target, tls: true },
    refusedWith: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    silentTarget: { ...target, port: silent.port },
    kill: (conn) => peerOf(conn, server).destroy(),
  }
}

async function Unix(): Promise<Backend<NetTarget, Socket>> {
  const [path, otherPath, silentPath, missing] = ['a', 'b', 'c', 'd'].map((name) => {
    return join(tmpdir(), `wantconn-law-${process.pid}-${name}.sock`)
  }) as [string, string, string, string]
  const servers = [
    await startEcho(createServer(), path),
    await startEcho(createServer(), otherPath),
    await listen(
      createServer((socket) => socket.on('error', () => {}).resume()),
      silentPath,
    ),
  ]
  return {
    ...common(servers),
    target: { path },
    otherTargets: [{ path: otherPath }],
    refusingTarget: { path: missing },
    refusedWith: 'ENOENT',
    silentTarget: { path: silentPath, tls: true },
    // Its ends have no names by which to find one for the other.
    kill: (conn) => conn.write(lastWords),
  }
}

async function proxied(kind: string): Promise<Backend<NetTarget, Socket>> {
  const isTls = kind === 'https'
  const origin = await startEcho(createServer())
  const server = kind === 'socks5' ? await startSocksProxy() : await startHttpProxy({ tls: isTls })
  const silent = await startTcp((socket) => socket.resume())
  const tls = isTls ? { ca: (await certificate()).cert } : undefined
  const at = (port: number, user = '') => ({ url: `${kind}://${user}${host}:${port}`, tls })
  const target = { host, port: origin.port, proxy: at(server.port) }
  return {
    ...common([server, silent]),
    tearDown: () => Promise.all([server, silent, origin].map((one) => one.stop())),
    target,
    otherTargets: [
      { ...target, host: 'localhost' },
      { ...target, proxy: at(server.port, 'me:hush@') },
      { ...target, proxy: false },
    ],
    refusingTarget: { ...target, port: await unusedPort() },
    refusedWith: (error) => (error as { phase?: string }).phase === 'proxy',
    silentTarget: { ...target, proxy: at(silent.port) },
    kill: (conn) => peerOf(conn, server).destroy(),
  }
}

/** All phases that there are: a lookup, TCP, TLS with the proxy, CONNECT, TLS with the target. */
async function tlsProxied(): Promise<Backend<NetTarget, Socket>> {
  const { key, cert } = await certificate()
  const tls = { ca: cert, servername: 'localhost' }
  const origin = await startEcho(createTlsServer({ key, cert }))
  const mute = await startTcp((socket) => socket.resume())
  const server = await startTunnel(createHttpsServer({ key, cert }))
  const proxy = { url: `https://localhost:${server.port}`, tls: { ca: cert } }
  const target = { host, port: origin.port, tls, proxy }
  return {
    ...common([server]),
    tearDown: () => Promise.all([server, origin, mute].map((one) => one.stop())),
    target,
    otherTargets: [
      { ...target, tls: { ca: cert } },
      { ...target, proxy: { url: proxy.url, tls: { rejectUnauthorized: false } } },
    ],
    refusingTarget: { ...target, tls: true },
    refusedWith: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    silentTarget: { ...target, port: mute.port },
    kill: (conn) => peerOf(conn, server).destroy(),
  }
}

/** What is the same for all: `servers` are those that the adapter connects to. */
function common(servers: readonly Listening[]) {
  return {
    openConnections: () => servers.reduce((sum, { sockets }) => sum + sockets.size, 0),
    use: echo,
    tearDown: () => Promise.all(servers.map((server) => server.stop())),
  }
}

function startEcho(server: Server, at: number | string = 0): Promise<Listening> {
  const isTls = 'setSecureContext' in server
  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    socket
      .on('error', () => {})
      .on('data', (data) => {
        if (String(data).includes(lastWords)) socket.destroy()
        else socket.write(data)
      })
  })
  if (isTls) server.on('tlsClientError', () => {})
  return listen(server, at)
}

function peerOf(conn: Socket, { sockets }: Listening): Socket {
  const peer = [...sockets].find(({ remotePort }) => remotePort === conn.localPort)
  if (peer === undefined) throw new Error(`nobody is connected from port ${conn.localPort}`)
  return peer
}

/** One round trip. Leaves no listener behind. */
function echo(conn: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      conn.off('data', onData).off('error', end).off('close', onClose)
      if (error) reject(error)
      else resolve()
    }
    const onData = (): void => end()
    const onClose = (): void => end(new Error('closed'))
    conn.on('data', onData).on('error', end).on('close', onClose)
    conn.write('ping')
  })
}
