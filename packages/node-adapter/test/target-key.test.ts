import { expect, test } from 'vitest'
import { type NetTarget, netAdapter } from '../src/index.ts'

const key = (target: object): string => netAdapter().key(target as NetTarget)

test('a key reads like the address it stands for', () => {
  expect(key({ host: 'example.com', port: 80 })).toBe('tcp example.com:80')
  expect(key({ host: '::1', port: 80 })).toBe('tcp [::1]:80')
  expect(key({ path: '/run/some.sock' })).toBe('unix /run/some.sock')
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
    { path: 'a:1' },
    { path: '/a' },
  ].map(key)

  expect(new Set(keys).size).toBe(keys.length)
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
  [{ host: 'a', port: 1, tls: true }, TypeError, /tls.*not supported yet/],
  [{ host: 'a', port: 1, proxy: 'http://p' }, TypeError, /proxy.*not supported yet/],
  [{ host: 'a', port: 1, prot: 2 }, TypeError, /prot.*unknown/],
  [{ path: '' }, TypeError, /path.*""/],
  [{ path: 'a\0b' }, TypeError, /path/],
  [{ path: '/a', host: 'a' }, TypeError, /host.*unknown/],
])('%o cannot be dialed', (target, kind, message) => {
  expect(() => key(target as object)).toThrow(kind)
  expect(() => key(target as object)).toThrow(message)
})
