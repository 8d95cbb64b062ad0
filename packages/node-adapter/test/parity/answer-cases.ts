import { once } from 'node:events'
import type { ParityCase } from './cases.ts'
import { until } from './kit.ts'

/** One request, one answer. */
export const answerCases: readonly ParityCase[] = [
  {
    when: 'a GET is answered',
    async see(kit) {
      const origin = await kit.origin((req, res) => {
        const headers = req.rawHeaders.map((each) => each.replace(String(origin.port), 'PORT'))
        res.end(JSON.stringify({ url: req.url, headers }))
      })
      const { res, body } = await kit.get(await kit.agent(), origin.port, { path: '/a?b=c' })
      return { status: res.statusCode, body: JSON.parse(body) }
    },
  },
  {
    when: 'a POST with a body is answered with it',
    async see(kit) {
      const origin = await kit.origin((req, res) => req.pipe(res))
      const body = 'x'.repeat(500_000)
      const reply = await kit.send(await kit.agent(), origin.port, { method: 'POST', body }).reply
      return reply.body === body
    },
  },
  {
    when: 'headers are given as a list, and so are stored before the agent sees the request',
    async see(kit) {
      const origin = await kit.origin((req, res) => res.end(req.headers.connection))
      const agent = await kit.agent()
      const { body } = await kit.get(agent, origin.port, { headers: ['host', 'a', 'x-y', 'z'] })
      return body
    },
  },
  {
    when: 'the server asks for the body with 100 Continue, and sends 103 Early Hints',
    async see(kit) {
      const origin = await kit.origin((req, res) => {
        res.writeEarlyHints({ link: '</style.css>; rel=preload' })
        req.pipe(res)
      })
      const agent = await kit.agent()
      const req = kit.request(agent, origin.port, {
        method: 'POST',
        headers: { expect: '100-continue' },
      })
      const seen: unknown[] = []
      req.on('information', ({ statusCode }) => seen.push(statusCode))
      req.on('continue', () => req.end('body'))
      const [res] = await once(req, 'response')
      return { seen, body: (await res.toArray()).join('') }
    },
  },
  {
    when: 'the events of a request and its response are listed',
    async see(kit) {
      const origin = await kit.origin()
      const seen: string[] = []
      const req = kit.request(await kit.agent(), origin.port).end()
      for (const name of ['socket', 'finish', 'response', 'close', 'error', 'timeout']) {
        req.on(name, () => seen.push(name))
      }
      const [res] = await once(req, 'response')
      for (const name of ['end', 'close']) res.on(name, () => seen.push(`response ${name}`))
      res.resume()
      await once(req, 'close')
      await until(() => res.closed)
      return seen
    },
  },
  {
    when: 'something looks at the socket when it is announced',
    async see(kit) {
      const origin = await kit.origin()
      const req = kit.request(await kit.agent(), origin.port).end()
      const [socket] = await once(req, 'socket')
      const seen = { connecting: socket.connecting, sameAsReq: req.socket === socket }
      const [res] = await once(req, 'response')
      res.resume()
      await once(req, 'close')
      return seen
    },
  },
  {
    when: 'the protocol of a connection is upgraded',
    async see(kit) {
      const origin = await kit.origin()
      origin.server.on('upgrade', (_, socket) => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n',
        )
        socket.pipe(socket)
      })
      const agent = await kit.agent({ maxSockets: 1 })
      const headers = { connection: 'upgrade', upgrade: 'echo' }
      const req = kit.request(agent, origin.port, { headers }).end()
      const [res, socket, head] = await once(req, 'upgrade')
      const listeners = ['error', 'free', 'agentRemove'].map((event) => socket.listenerCount(event))
      socket.write('echo')
      const [data] = await once(socket, 'data')
      const views = [agent.sockets, agent.freeSockets].map((view) => Object.keys(view).length)
      const count = (agent as never as { totalSocketCount: number }).totalSocketCount
      const next = await kit.get(agent, origin.port).then(({ body }) => body)
      socket.destroy()
      const status = res.statusCode
      return { status, head: String(head), data: String(data), listeners, views, count, next }
    },
  },
  {
    when: 'a tunnel is asked for with CONNECT',
    async see(kit) {
      const origin = await kit.origin()
      origin.server.on('connect', (req, socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nx-asked: ${req.url}\r\n\r\nhello`)
      })
      const agent = await kit.agent()
      const req = kit
        .request(agent, origin.port, { method: 'CONNECT', path: 'origin.test:1' })
        .end()
      const [res, socket, head] = await once(req, 'connect')
      const views = [agent.sockets, agent.freeSockets].map((view) => Object.keys(view).length)
      const rest = head.length > 0 ? head : (await once(socket, 'data'))[0]
      socket.destroy()
      return { asked: res.headers['x-asked'], head: String(rest), views }
    },
  },
  {
    when: 'a Unix domain socket is asked',
    only: 'http',
    async see(kit) {
      const { startOrigin } = await import('../support/origin.ts')
      const path = `/tmp/wantconn-parity-${process.pid}-${kit.make}.sock`
      await startOrigin((req, res) => res.end(`${req.headers.host} ${req.url}`), path)
      const agent = await kit.agent()
      const { body } = await kit.get(agent, 80, { socketPath: path, path: '/x' })
      return { body, names: Object.keys(agent.freeSockets).map((name) => name.replace(path, 'P')) }
    },
  },
  {
    when: 'the answer is complete before the request is',
    async see(kit) {
      const origin = await kit.origin((req, res) => {
        res.end('early')
        req.resume()
      })
      const agent = await kit.agent()
      const req = kit.request(agent, origin.port, { method: 'POST' })
      req.write('first')
      const [res] = await once(req, 'response')
      await once(res.resume(), 'end')
      const before = [agent.sockets, agent.freeSockets].map((view) => Object.keys(view).length)
      req.end('last')
      await once(req, 'close')
      await until(() => Object.keys(agent.freeSockets).length === 1)
      return { before, after: Object.keys(agent.sockets).length }
    },
  },
]
