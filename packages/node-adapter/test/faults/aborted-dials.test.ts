import { createServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { expect, test } from 'vitest'
import { type NetTarget, netAdapter } from '../../src/index.ts'
import { type Listening, startTcp } from '../support/origin.ts'
import { startSocksProxy, startTunnel } from '../support/proxies.ts'
import { certificate, startTls } from '../support/tls-origin.ts'
import { activeResources, watchProcess } from './watch-process.ts'

interface Way {
  readonly target: NetTarget
  /** All that a socket of ours is connected to. */
  readonly servers: readonly Pick<Listening, 'sockets'>[]
}

const host = 'localhost'
const kinds = ['http', 'https', 'socks5'] as const

test.each([
  ['TCP', async () => direct(await startTcp())],
  ['TLS', tls],
  ...kinds.map((kind) => [`TLS through an ${kind} proxy`, () => proxied(kind)] as const),
] as const)('%s: aborted at whatever turn of the loop, a dial leaves nothing', async (_, open) => {
  const seen = watchProcess()
  const { target, servers } = await open()
  const adapter = netAdapter()
  // Whatever is loaded by the first dial is there for the others.
  await dialed(adapter, target, 1_000_000)
  let turns = 0
  while (!(await dialed(adapter, target, turns))) turns++

  expect(turns).toBeGreaterThan(0)
  await expect.poll(() => servers.map(({ sockets }) => sockets.size)).toEqual(servers.map(() => 0))
  await expect.poll(() => activeResources()['TCPSocketWrap'] ?? 0).toBe(0)
  expect(seen()).toEqual([])
})

/** Whether a dial came to its end in so many turns; if not, it is aborted then, and must say so. */
async function dialed(
  adapter: ReturnType<typeof netAdapter>,
  target: NetTarget,
  turns: number,
): Promise<boolean> {
  const controller = new AbortController()
  const link = { signal: controller.signal, closed() {}, drain() {}, setCapacity() {} }
  const outcome: { done?: unknown } = {}
  const dial = Promise.resolve(adapter.dial(target, link)).then(
    (socket) => {
      outcome.done = socket
      socket.destroy()
      return socket
    },
    (error) => {
      outcome.done = error
      return error
    },
  )
  for (let i = 0; i < turns && outcome.done === undefined; i++) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  const isDone = outcome.done !== undefined
  const reason = new Error('not wanted any more')
  controller.abort(reason)
  const result = await dial
  if (isDone) expect(result).not.toBeInstanceOf(Error)
  else expect(result).toBe(reason)
  return isDone
}

function direct(server: Listening): Way {
  return { target: { host, port: server.port }, servers: [server] }
}

async function tls(): Promise<Way> {
  const { port, raw, cert } = await startTls()
  return { target: { host, port, tls: { ca: cert } }, servers: [{ sockets: raw }] }
}

async function proxied(kind: (typeof kinds)[number]): Promise<Way> {
  const { target } = await tls()
  const proxy = await startProxy(kind)
  const url = `${kind}://127.0.0.1:${proxy.port}`
  const ca = (await certificate()).cert
  const way = kind === 'https' ? { url, tls: { ca } } : url
  return { target: { ...target, proxy: way } as NetTarget, servers: [proxy] }
}

async function startProxy(kind: (typeof kinds)[number]): Promise<Listening> {
  if (kind === 'socks5') return startSocksProxy()
  return startTunnel(kind === 'http' ? createServer() : createHttpsServer(await certificate()))
}
