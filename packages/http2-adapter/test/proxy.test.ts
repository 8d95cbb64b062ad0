import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { negotiatedAdapter } from '../src/index.ts'
import { certificate } from './support/certificate.ts'
import { get, newClient, newPool, read, startOrigin, unhedged } from './support/fixtures.ts'

interface Proxy {
  readonly url: string
  /** `host:port` of each CONNECT. */
  readonly asked: string[]
}

/** A proxy that knows CONNECT, gone when the test is over. */
async function startProxy(scheme: 'http' | 'https'): Promise<Proxy> {
  const server = scheme === 'http' ? createServer() : createSecureServer(await certificate())
  const asked: string[] = []
  const sockets: Socket[] = []
  server.on('connect', (request: IncomingMessage, inner: Socket) => {
    asked.push(request.url as string)
    const outer = connect(Number(request.url?.split(':')[1]), '127.0.0.1')
    inner.write('HTTP/1.1 200 OK\r\n\r\n')
    inner
      .on('error', () => {})
      .pipe(outer.on('error', () => {}))
      .pipe(inner)
    sockets.push(inner, outer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

test.each([
  ['http', false],
  ['http', true],
  ['https', false],
  ['https', true],
] as const)('sessions go through an %s proxy; over TLS: %s', async (scheme, tls) => {
  const origin = await startOrigin({ tls, settings: { maxConcurrentStreams: 2 } })
  const proxy = await startProxy(scheme)
  const { cert } = await certificate()
  const target = {
    ...origin.target,
    proxy: scheme === 'http' ? proxy.url : { url: proxy.url, tls: { ca: cert } },
  }
  const pool = newPool({ expectedStreams: 2 })

  const bodies = ['/1', '/2', '/3'].map((path) =>
    pool.use(target, async (session) => (await read(session.request({ ':path': path }))).body),
  )

  expect(await Promise.all(bodies)).toEqual(['/1', '/2', '/3'])
  expect(proxy.asked).toEqual(Array(2).fill(`127.0.0.1:${origin.port}`))
})

test('a client sends all through its proxy', async () => {
  const origin = await startOrigin({ tls: true })
  const proxy = await startProxy('http')
  const client = newClient({ proxy: proxy.url, tls: { ca: (await certificate()).cert } })

  expect(await get(client, `${origin.url}/path`)).toBe('/path')
  expect(proxy.asked).toEqual([`127.0.0.1:${origin.port}`])
})

test('protocols are negotiated through a proxy', async () => {
  const origin = await startOrigin({ tls: true, allowHTTP1: true })
  const proxy = await startProxy('http')
  const pool = new Pool(negotiatedAdapter({ proxy: proxy.url }), unhedged)
  onTestFinished(() => pool.destroy())

  const { conn } = await pool.acquire(origin.target)

  expect(conn.protocol).toBe('h2')
  expect(proxy.asked).toHaveLength(1)
})
