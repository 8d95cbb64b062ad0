import { createSecureContext } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type NetTarget, netAdapter } from '../src/index.ts'

const key = (target: object): string => netAdapter().key(target as NetTarget)

test('a key reads like the address it stands for', () => {
  expect(key({ host: 'example.com', port: 80 })).toBe('tcp example.com:80')
  expect(key({ host: '::1', port: 80 })).toBe('tcp [::1]:80')
  expect(key({ path: '/run/some.sock' })).toBe('unix /run/some.sock')
  expect(key({ host: 'a', port: 80, partition: 'tenant 7' })).toBe('tcp a:80 for tenant%207')
})

test('names that differ in case, and fields that are not given, make no difference', () => {
  const plain = key({ host: 'example.com', port: 80 })

  expect(key({ host: 'EXAMPLE.com', port: 80 })).toBe(plain)
  expect(key({ host: 'example.com', port: 80, family: 0, localAddress: undefined })).toBe(plain)
})

test('whatever makes two sockets differ makes two keys', () => {
  const keys = [
    { host: 'a', port: 1 },
    { host: 'a', port: 11 },
    { host: 'b', port: 1 },
    { host: 'a', port: 1, family: 4 },
    { host: 'a', port: 1, family: 6 },
    { host: 'a', port: 1, localAddress: '127.0.0.1' },
    { host: 'a', port: 1, localAddress: '127.0.0.2' },
    { host: 'a', port: 1, localAddress: '127.0.0.1', family: 4 },
    { host: 'a', port: 1, partition: 'b' },
    { host: 'a', port: 1, partition: 'c' },
    { host: 'a', port: 1, partition: 'c via http://p:80' },
    { host: 'a', port: 1, partition: 'c', proxy: 'http://p' },
    { host: 'a', port: 1, partition: 'c', tls: true },
    { path: 'a:1' },
    { path: '/a' },
    { path: '/a', partition: 'b' },
    { path: '/a for b' },
  ].map(key)

  expect(new Set(keys).size).toBe(keys.length)
})

test('a TLS key shows what is no secret, and the rest as a fingerprint', () => {
  const at = { host: 'Example.com', port: 443 }

  expect(key({ ...at, tls: true })).toBe('tls example.com:443')
  expect(key({ ...at, tls: { servername: 'example.COM' } })).toBe('tls example.com:443')
  expect(key({ ...at, tls: { rejectUnauthorized: true } })).toBe('tls example.com:443')
  expect(key({ ...at, tls: { ALPNProtocols: ['h2', 'http/1.1'] } })).toBe(
    'tls example.com:443 alpn=h2,http/1.1',
  )
  expect(key({ ...at, tls: { servername: 'b', rejectUnauthorized: false } })).toBe(
    'tls example.com:443 name=b unverified',
  )
  expect(key({ ...at, tls: { passphrase: 'hush-hush', key: 'PRIVATE KEY' } })).toMatch(
    /^tls example.com:443 #[\w-]{22}$/,
  )
  expect(key({ path: '/a b', tls: true })).toBe('tls unix:/a%20b')
})

test('equal TLS options make equal keys, whatever objects and types they come in', () => {
  const at = { host: 'a', port: 1 }
  const plain = key({ ...at, tls: { ca: 'CA', key: 'KEY', ALPNProtocols: ['h2'] } })

  expect(key({ ...at, tls: { ALPNProtocols: Buffer.from('\x02h2'), key: 'KEY', ca: 'CA' } })).toBe(
    plain,
  )
  expect(
    key({
      ...at,
      tls: { ca: [Buffer.from('CA')], key: 'KEY', ALPNProtocols: ['h2'], pfx: undefined },
    }),
  ).toBe(plain)
})

test('a long bundle of certificates is told by its content, too', () => {
  const at = { host: 'a', port: 1 }
  const bundle = 'CA'.repeat(5_000)
  const plain = key({ ...at, tls: { ca: bundle } })

  expect(key({ ...at, tls: { ca: [...bundle].join('') } })).toBe(plain)
  expect(key({ ...at, tls: { ca: Buffer.from(bundle) } })).toBe(plain)
  expect(key({ ...at, tls: { ca: `${bundle}B` } })).not.toBe(plain)
})

test('whatever makes two TLS sockets differ makes two keys', () => {
  const at = { host: 'a', port: 1 }
  const checkServerIdentity = (): undefined => undefined
  const keys = [
    at,
    { path: 'a' },
    { path: 'a', tls: true },
    ...[
      true,
      { servername: 'b' },
      { servername: '' },
      { ca: 'A' },
      { ca: ['A', 'B'] },
      { ca: ['AB', ''] },
      { cert: 'A' },
      { key: 'A' },
      { key: [{ pem: 'A' }] },
      { key: [{ pem: 'A', passphrase: 'B' }] },
      { pfx: 'A' },
      { pfx: Buffer.from('B') },
      { crl: 'A' },
      { passphrase: 'A' },
      { ciphers: 'A' },
      { sigalgs: 'A' },
      { ecdhCurve: 'A' },
      { minVersion: 'TLSv1.2' },
      { maxVersion: 'TLSv1.2' },
      { secureProtocol: 'TLSv1_2_method' },
      { secureOptions: 1 },
      { minDHSize: 2048 },
      { ALPNProtocols: ['h2'] },
      { ALPNProtocols: ['h2', 'http/1.1'] },
      { ALPNProtocols: ['http/1.1', 'h2'] },
      { ALPNProtocols: ['h2,http/1.1'] },
      { rejectUnauthorized: false },
      { session: Buffer.from('A') },
      { sessionIdContext: 'A' },
      { ticketKeys: Buffer.alloc(48) },
      { sessionTimeout: 5 },
      { requestOCSP: true },
      { secureContext: createSecureContext() },
      { secureContext: createSecureContext() },
      { checkServerIdentity },
      { checkServerIdentity: () => undefined },
      { pskCallback: checkServerIdentity },
    ].map((tls) => ({ ...at, tls })),
  ].map(key)

  expect(new Set(keys).size).toBe(keys.length)
})

test('a target changed after its use has the key of what it is now', () => {
  const adapter = netAdapter()
  const target = { host: 'a', port: 1, tls: true as const }
  adapter.key(target)

  target.port = 2

  expect(adapter.key(target)).toBe('tls a:2')
})

test('a proxied key names the proxy, and its secrets as a fingerprint', () => {
  const at = { host: 'a', port: 1 }

  expect(key({ ...at, proxy: 'http://Proxy' })).toBe('tcp a:1 via http://proxy:80')
  expect(key({ ...at, proxy: 'https://proxy', tls: true })).toBe('tls a:1 via https://proxy:443')
  expect(key({ ...at, proxy: 'socks5h://[::1]' })).toBe('tcp a:1 via socks5://[::1]:1080')
  expect(key({ ...at, proxy: new URL('http://me:hush@proxy:8080') })).toMatch(
    /^tcp a:1 via http:\/\/proxy:8080#[\w-]{22}$/,
  )
  expect(key({ ...at, proxy: false })).toBe('tcp a:1')
})

test('whatever makes two proxied sockets differ makes two keys', () => {
  const keys = [
    false,
    'http://p:1',
    'http://p:2',
    'http://q:1',
    'https://p:1',
    'socks5://p:1',
    'http://a@p:1',
    'http://a:b@p:1',
    'http://a:c@p:1',
    'http://:b@p:1',
    { url: 'http://p:1', headers: { 'proxy-authorization': 'Bearer a' } },
    { url: 'http://p:1', headers: { 'proxy-authorization': 'Bearer b' } },
    { url: 'https://p:1', tls: { ca: 'A' } },
    { url: 'https://p:1', tls: { rejectUnauthorized: false } },
  ].map((proxy) => key({ host: 'a', port: 1, proxy }))

  expect(new Set(keys).size).toBe(keys.length)
})

test('the same proxy in another form makes no difference', () => {
  const at = { host: 'a', port: 1 }
  const plain = key({ ...at, proxy: 'http://a:b@p:80' })

  expect(key({ ...at, proxy: new URL('http://a:b@P/') })).toBe(plain)
  expect(key({ ...at, proxy: { url: 'http://a:b@p' } })).toBe(plain)
})

test('the password of a proxy that is refused is not in the error', () => {
  const target = { host: 'a', port: 1, proxy: 'ftp://me:hush@p' }

  expect(() => key(target)).toThrow(/got "…@p"$/)
})

test('a name beyond ASCII is keyed as IDNA has it', () => {
  expect(key({ host: 'Bücher.example', port: 80 })).toBe('tcp xn--bcher-kva.example:80')
})

test('NODE_TLS_REJECT_UNAUTHORIZED=0 is in the key', () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  onTestFinished(() => void vi.unstubAllEnvs())

  expect(key({ host: 'a', port: 1, tls: true })).toBe('tls a:1 unverified')
  expect(key({ host: 'a', port: 1, tls: { rejectUnauthorized: true } })).toBe('tls a:1')
})

test.each([
  [undefined, TypeError, /NetTarget must be an object; got undefined/],
  [{}, TypeError, /host.*undefined/],
  [{ host: '', port: 1 }, TypeError, /host.*""/],
  [{ host: 5, port: 1 }, TypeError, /host.*5/],
  [{ host: 'a\r\nb', port: 1 }, TypeError, /host.*a\\r\\nb/],
  [{ host: 'a b', port: 1 }, TypeError, /host.*a b/],
  [{ host: 'a' }, TypeError, /port.*undefined/],
  [{ host: 'a', port: '80' }, TypeError, /port.*"80"/],
  [{ host: 'a', port: 0 }, RangeError, /port.*0/],
  [{ host: 'a', port: 65_536 }, RangeError, /port.*65536/],
  [{ host: 'a', port: 1.5 }, RangeError, /port.*1\.5/],
  [{ host: 'a', port: Number.NaN }, RangeError, /port.*NaN/],
  [{ host: 'a', port: 1, localAddress: 'here' }, TypeError, /localAddress.*"here"/],
  [{ host: 'a', port: 1, family: 5 }, TypeError, /family.*5/],
  [{ host: 'a:80', port: 1 }, TypeError, /host.*"a:80"/],
  [{ host: 'http://a/', port: 1 }, TypeError, /host.*http/],
  [{ host: '[::1]', port: 1 }, TypeError, /host.*"\[::1\]"/],
  [{ host: 'a\u2028b', port: 1 }, TypeError, /host/],
  [{ host: 'a\u00adb\uFFFF', port: 1 }, TypeError, /host must be/],
  [{ host: 'a', port: 1, localAddress: '::1', family: 4 }, TypeError, /family.*::1.*4/],
  [{ host: 'a', port: 1, tls: false }, TypeError, /tls.*false/],
  [{ host: 'a', port: 1, tls: [] }, TypeError, /tls.*array/],
  [{ host: 'a', port: 1, tls: { rejectUnauthorised: false } }, TypeError, /tls.rejectUnauthorised/],
  [{ host: 'a', port: 1, tls: { socket: {} } }, TypeError, /tls.socket.*an object.*unknown/],
  [{ host: 'a', port: 1, tls: { rejectUnauthorized: 'no' } }, TypeError, /Unauthorized.*"no"/],
  [{ host: 'a', port: 1, tls: { servername: '::1' } }, TypeError, /servername.*"::1"/],
  [{ host: 'a', port: 1, tls: { servername: 'a\nb' } }, TypeError, /servername.*a\\nb/],
  [{ host: 'a', port: 1, tls: { ca: 5 } }, TypeError, /tls.ca.*5/],
  [{ host: 'a', port: 1, tls: { ALPNProtocols: 'h2' } }, TypeError, /ALPNProtocols.*"h2"/],
  [{ host: 'a', port: 1, tls: { ALPNProtocols: [''] } }, TypeError, /ALPNProtocols.*""/],
  [{ host: 'a', port: 1, tls: { checkServerIdentity: true } }, TypeError, /Identity.*true/],
  [{ host: 'a'.repeat(254), port: 1 }, TypeError, /host/],
  [{ host: 'a', port: 1, proxy: 5 }, TypeError, /proxy.*5/],
  [{ host: 'a', port: 1, proxy: '' }, TypeError, /proxy.*""/],
  [{ host: 'a', port: 1, proxy: 'p:3128' }, TypeError, /proxy.*"p:3128"/],
  [{ host: 'a', port: 1, proxy: 'ftp://p' }, TypeError, /proxy.*"ftp:\/\/p"/],
  [{ host: 'a', port: 1, proxy: 'http://p:99999' }, TypeError, /proxy.*"http:\/\/p:99999"/],
  [{ host: 'a', port: 1, proxy: 'http://p:0' }, TypeError, /proxy.*port/],
  [{ host: 'a', port: 1, proxy: 'http://p\r\nx: y' }, TypeError, /proxy.*\\r\\n/],
  [{ host: 'a', port: 1, proxy: 'http://p/path?q' }, TypeError, /proxy.*path/],
  [{ host: 'a', port: 1, proxy: 'socks5://:1080' }, TypeError, /proxy/],
  [{ host: 'a', port: 1, proxy: 'socks5://a%0d%0ab' }, TypeError, /proxy/],
  [{ host: 'a', port: 1, proxy: 'http://u:%zz@p' }, TypeError, /proxy.*percent-encoded/],
  [{ host: 'a', port: 1, proxy: `socks5://u:${'p'.repeat(256)}@p` }, RangeError, /proxy.*255/],
  [{ host: 'a', port: 1, proxy: {} }, TypeError, /proxy.*undefined/],
  [{ host: 'a', port: 1, proxy: { url: 'http://p', agent: 1 } }, TypeError, /proxy.agent/],
  [{ host: 'a', port: 1, proxy: { url: 'http://p', tls: {} } }, TypeError, /proxy.tls/],
  [{ host: 'a', port: 1, proxy: { url: 'https://p', tls: { ca: 1 } } }, TypeError, /proxy.tls.ca/],
  [
    { host: 'a', port: 1, proxy: { url: 'http://p', headers: { x: 'hush\n' } } },
    TypeError,
    /^NetTarget\.proxy\.headers(?!.*hush).*"x"/,
  ],
  [
    { host: 'a', port: 1, proxy: { url: 'http://p', headers: { 'a b': 'c' } } },
    TypeError,
    /proxy\.headers.*"a b"/,
  ],
  [{ host: 'a', port: 1, proxy: { url: 'socks5://p', headers: { x: 'y' } } }, TypeError, /headers/],
  [{ path: '/a', proxy: 'http://p' }, TypeError, /proxy.*unknown/],
  [{ host: 'a', port: 1, prot: 2 }, TypeError, /prot.*unknown/],
  [{ host: 'a', port: 1, partition: 7 }, TypeError, /partition.*7/],
  [{ path: '/a', partition: '' }, TypeError, /partition.*""/],
  [{ path: '' }, TypeError, /path.*""/],
  [{ path: 'a\0b' }, TypeError, /path/],
  [{ path: '/a', host: 'a' }, TypeError, /host.*unknown/],
])('%o cannot be dialed', (target, kind, message) => {
  expect(() => key(target as object)).toThrow(kind)
  expect(() => key(target as object)).toThrow(message)
})
