import { describe, expect, test } from 'vitest'
import { startTcp } from '../support/origin.ts'
import { dispatch, newDispatcher } from './support/dispatcher.ts'
import { engines } from './support/undicis.ts'

const answer = (text: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`

// What a server says beyond its answer is nobody's, least of all that of the next one in line.

for (const engine of engines) {
  describe.skipIf(engine.undici === undefined)(`bytes beyond a response, ${engine.name}`, () => {
    const twice = async (first: string, method: string) => {
      let connections = 0
      const { port } = await startTcp((socket) => {
        const said = connections++ === 0 ? first : answer('good')
        socket.on('data', () => socket.write(said))
      })
      const dispatcher = newDispatcher({ undici: engine.undici, connections: 1 })
      const origin = `http://127.0.0.1:${port}`
      const requests = [
        dispatch(dispatcher, { origin, method }),
        dispatch(dispatcher, { origin, method: 'POST', body: 'x' }),
      ]
      return Promise.all(requests.map(async ({ ended }) => (await ended).body))
    }

    test('that are a second one are not given to the next in line', async () => {
      expect(await twice(answer('ok') + answer('evil'), 'GET')).toEqual(['ok', 'good'])
    })

    test('that are the body of an answer to HEAD are not, either', async () => {
      expect(await twice(`${answer('')}${answer('evil')}`, 'HEAD')).toEqual(['', 'good'])
    })

    test('are not given to a request that a handler makes of the end of the last', async () => {
      let connections = 0
      const { port } = await startTcp((socket) => {
        const said = connections++ === 0 ? answer('ok') + answer('evil') : answer('good')
        socket.on('data', () => socket.write(said))
      })
      const dispatcher = newDispatcher({ undici: engine.undici })
      const options = { origin: `http://127.0.0.1:${port}`, method: 'POST', body: 'x' }

      const second = new Promise<{ body: string }>((resolve) => {
        dispatch(dispatcher, options, 'new', {
          onResponseEnd: () => resolve(dispatch(dispatcher, options).ended),
        })
      })

      expect((await second).body).toBe('good')
    })
  })

  describe.skipIf(engine.undici === undefined)(`a request that is refused, ${engine.name}`, () => {
    const refused = { headers: { 'x-wrong': 'a\nb' } }

    test('leaves a fresh connection watched: one that ends is put away', async () => {
      const { port, sockets } = await startTcp()
      const dispatcher = newDispatcher({ undici: engine.undici })
      const origin = `http://127.0.0.1:${port}`

      const { ended } = dispatch(dispatcher, { origin, ...refused })

      await expect(ended).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
      expect(dispatcher.pool.stats()).toMatchObject({ idle: 1, leases: 0 })
      await expect.poll(() => sockets.size).toBe(1)
      for (const socket of sockets) socket.end()
      await expect.poll(() => dispatcher.pool.stats().open).toBe(0)
    })

    test('leaves nothing that keeps the process alive', async () => {
      const { port, sockets } = await startTcp()
      const dispatcher = newDispatcher({ undici: engine.undici })
      const handles = () =>
        process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
      const before = handles()

      const { ended } = dispatch(dispatcher, { origin: `http://127.0.0.1:${port}`, ...refused })

      await expect(ended).rejects.toThrow()
      await expect.poll(() => sockets.size).toBe(1)
      // The server's end of it.
      expect(handles() - before).toBe(1)
    })
  })
}
