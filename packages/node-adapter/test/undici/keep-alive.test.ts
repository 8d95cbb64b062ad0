import { describe, expect, test } from 'vitest'
import { KeepAliveReader } from '../../src/undici/keep-alive.ts'
import type { RawHeaders } from '../../src/undici/raw-headers.ts'

const settings = { keepAliveTimeout: 4_000, keepAliveTimeoutThreshold: 1_000 }

/** As the clients of undici bring them: bytes, and texts where undici 8 has them. */
const forms: Record<string, (words: readonly string[]) => RawHeaders> = {
  bytes: (words) => words.map((word) => Buffer.from(word, 'latin1')),
  texts: (words) => words,
}

for (const [form, raw] of Object.entries(forms)) {
  describe(`what a response says of its connection, as ${form}`, () => {
    const said = (...words: string[]) => new KeepAliveReader(settings).of(raw(words))

    test.each([
      ['nothing', []],
      ['other things', ['Content-Length', '2', 'User-Agent', 'close', 'Connectiom', 'close']],
      ['keep-alive, in any spelling', ['connection', 'Keep-Alive']],
      ['a word that has close in it', ['Connection', 'closely']],
      ['a Keep-Alive without a time', ['Keep-Alive', 'max=100']],
    ])('%s: as the dispatcher was told', (_, words) => {
      expect(said(...words)).toEqual({ stays: true, hint: { idleTimeoutMs: 4_000 } })
    })

    test.each([
      [['Connection', 'close']],
      [['CONNECTION', 'Close']],
      [['connection', 'keep-alive, close']],
      [['Keep-Alive', 'timeout=60', 'connection', 'close']],
      [['connection', 'close', 'connection', 'keep-alive']],
      [['keep-alive', 'timeout=1']],
      [['Keep-Alive', 'timeout=0']],
    ])('%j: it ends', (words) => {
      expect(said(...words)).toEqual({ stays: false, hint: undefined })
    })

    test('the time that its server gives, less the threshold', () => {
      expect(said('Connection', 'keep-alive', 'Keep-Alive', 'timeout=5')).toEqual({
        stays: true,
        hint: { idleTimeoutMs: 4_000 },
      })
      expect(said('kEEP-aLIVE', 'timeout=61, max=3')).toEqual({
        stays: true,
        hint: { idleTimeoutMs: 60_000 },
      })
    })

    test('each response speaks for itself, whatever the last one said', () => {
      const reader = new KeepAliveReader(settings)
      const idleMs = (...words: string[]) => reader.of(raw(words)).hint?.idleTimeoutMs
      expect(idleMs('Keep-Alive', 'timeout=9')).toBe(8_000)
      expect(idleMs('Keep-Alive', 'timeout=9')).toBe(8_000)
      expect(idleMs('Keep-Alive', 'timeout=8')).toBe(7_000)
      expect(idleMs('Connection', 'close')).toBeUndefined()
      expect(idleMs()).toBe(4_000)
      expect(idleMs('Keep-Alive', '')).toBe(4_000)
      expect(idleMs('Keep-Alive', 'TIMEOUT=9')).toBe(8_000)
    })

    test('what was said before is not made anew', () => {
      const reader = new KeepAliveReader(settings)
      const once = reader.of(raw(['Keep-Alive', 'timeout=9']))
      expect(reader.of(raw(['Keep-Alive', 'timeout=9']))).toBe(once)
    })
  })
}

test('a dispatcher that was told nothing leaves it to the pool', () => {
  const told = { keepAliveTimeout: undefined, keepAliveTimeoutThreshold: undefined }
  expect(new KeepAliveReader(told).of([])).toEqual({ stays: true, hint: undefined })
})
