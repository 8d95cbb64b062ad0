import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Dispatcher } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { dispatch, newDispatcher } from './support/dispatcher.ts'
import { engines, undici7 } from './support/undicis.ts'

/** Names in any spelling, usual ones and others as long, once and several times. */
const spelt = [
  'CONTENT-Length: 0',
  'content-TYPE: text/plain',
  'Kontent-type: no type',
  'sEt-CoOkIe: a=1',
  'Set-Cookie: b=2',
  'X-Own: \u00fc',
  'ETag: "1"',
  'E_ag: 2',
  '__proto__: nothing',
]

async function originOf(lines: readonly string[]): Promise<string> {
  const answer = Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(answer)).on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function headersBy(dispatcher: Dispatcher, origin: string): Promise<object> {
  return new Promise((resolve, reject) => {
    let headers = {}
    dispatcher.dispatch(
      { origin, path: '/', method: 'GET' },
      {
        onRequestStart() {},
        onResponseStart(_control, _status, given) {
          headers = given
        },
        onResponseData() {},
        onResponseEnd: () => resolve(headers),
        onResponseError: (_control, error) => reject(error),
      },
    )
  })
}

for (const { name, undici } of engines) {
  describe.skipIf(undici === undefined)(`the head of a response, ${name}`, () => {
    test('a handler is given the headers that undici would give it', async () => {
      const origin = await originOf(spelt)
      const agent = new undici7.Agent()
      onTestFinished(() => agent.destroy())

      const headers = await headersBy(newDispatcher({ undici }) as never, origin)

      expect(Object.entries(headers)).toEqual(Object.entries(await headersBy(agent, origin)))
      expect(headers).toMatchObject({ 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] })
    })

    test.each(['close', 'Close', 'CLOSE'])(
      'a connection whose server says Connection: %s is not used again',
      async (word) => {
        const origin = await originOf(['Content-Length: 0', `CONNECTION: ${word}`])
        const dispatcher = newDispatcher({ undici })

        await headersBy(dispatcher as never, origin)
        await headersBy(dispatcher as never, origin)

        expect(dispatcher.pool.stats().totals.dials).toBe(2)
      },
    )

    test.each(['old', 'new'] as const)(
      'a handler of the %s generation that asks for it is told when the response begins',
      async (generation) => {
        const origin = await originOf(['Content-Length: 0'])
        const order: string[] = []
        const handler = { onResponseStarted: () => void order.push('started') }

        const { calls, ended } = dispatch(
          newDispatcher({ undici }),
          { origin },
          generation,
          handler,
        )
        await ended

        expect(order).toEqual(['started'])
        expect(calls).toEqual(['start', 'head', 'end'])
      },
    )

    test('how long a server keeps a connection is found in any spelling', async () => {
      const origin = await originOf(['Content-Length: 0', 'KEEP-Alive: timeout=1'])
      const dispatcher = newDispatcher({ undici, keepAliveTimeoutThreshold: 1_000 })

      await headersBy(dispatcher as never, origin)
      await headersBy(dispatcher as never, origin)

      expect(dispatcher.pool.stats().totals.dials).toBe(2)
    })
  })
}
