import { expect, test } from 'vitest'
import { type NetTarget, netAdapter } from '../src/index.ts'
import { serverOfKey } from '../src/opentelemetry/index.ts'

const { key } = netAdapter()

test.each<[string, NetTarget, ReturnType<typeof serverOfKey>]>([
  ['a name', { host: 'A.test', port: 80 }, { address: 'a.test', port: 80, scheme: 'http' }],
  ['IPv4', { host: '10.0.0.1', port: 8080 }, { address: '10.0.0.1', port: 8080, scheme: 'http' }],
  ['IPv6', { host: '::1', port: 80 }, { address: '::1', port: 80, scheme: 'http' }],
  [
    'more than an address',
    { host: 'a.test', port: 80, localAddress: '127.0.0.1', family: 4 },
    { address: 'a.test', port: 80, scheme: 'http' },
  ],
  [
    'TLS',
    { host: 'a.test', port: 443, tls: { servername: 'b.test' } },
    { address: 'a.test', port: 443, scheme: 'https' },
  ],
  ['a Unix domain socket', { path: '/run/a b%.sock' }, { address: '/run/a b%.sock' }],
  ['TLS over one', { path: '/run/a.sock', tls: true }, { address: '/run/a.sock' }],
])('the key of a target with %s tells its server', (_, target, server) => {
  expect(serverOfKey(key(target))).toEqual(server)
})

test.each(['http://proxy.test:3128', 'https://proxy.test:3128', 'socks5://proxy.test:1080'])(
  'the key of a connection through %s tells its server, and not the proxy',
  (proxy) => {
    const proxied = netAdapter({ proxy }).key({ host: 'a.test', port: 443, tls: true })

    expect(serverOfKey(proxied)).toEqual({ address: 'a.test', port: 443, scheme: 'https' })
    expect(proxied).toContain('proxy.test')
  },
)

test.each([
  ['https://a.test', { address: 'a.test', port: 443, scheme: 'https' }],
  ['http://[::1]:8080', { address: '::1', port: 8080, scheme: 'http' }],
  ['postgres://db.test:5432/app', { address: 'db.test', port: 5432, scheme: 'postgres' }],
])('the key %s is a URL, and tells its server', (url, server) => {
  expect(serverOfKey(url)).toEqual(server)
})

test.each(['', 'shard 7', 'a.test', 'mailto:a@b.test', 'tcp :80', 'tcp a.test:'])(
  'the key %j tells no server',
  (key) => {
    expect(serverOfKey(key)).toBeUndefined()
  },
)

test('a key that only looks escaped is taken as it is', () => {
  expect(serverOfKey('unix /run/%E0%A4%A')).toEqual({ address: '/run/%E0%A4%A' })
})
