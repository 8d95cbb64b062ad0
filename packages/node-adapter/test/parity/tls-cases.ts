import type { TLSSocket } from 'node:tls'
import type { ParityCase } from './cases.ts'
import { type Kit, shape } from './kit.ts'

/** What only `https:` has. */
export const tlsCases: readonly ParityCase[] = [
  {
    when: 'nobody vouches for the certificate of the server',
    only: 'https',
    async see(kit) {
      const origin = await kit.origin()
      return kit.get(await kit.agent({ ca: undefined } as object), origin.port).catch(shape)
    },
  },
  {
    when: 'the certificate is for another name',
    only: 'https',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent()
      return kit.get(agent, origin.port, { servername: 'elsewhere.test' }).catch(shape)
    },
  },
  {
    when: 'the server speaks no TLS',
    only: 'https',
    async see(kit) {
      const { startTcp } = await import('../support/origin.ts')
      const origin = await startTcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
      const error = await kit.get(await kit.agent(), origin.port).catch((reason) => reason)
      return { code: error.code, reason: error.reason, syscall: error.syscall, errno: error.errno }
    },
  },
  {
    when: 'the server closes the connection within the handshake',
    only: 'https',
    async see(kit) {
      const { startTcp } = await import('../support/origin.ts')
      const origin = await startTcp((socket) => socket.once('data', () => socket.destroy()))
      const error = await kit.get(await kit.agent(), origin.port).catch((reason) => reason)
      return error.code
    },
  },
  {
    when: 'the Host header names another server than the host',
    only: 'https',
    async see(kit) {
      const { origin, names, agent } = await named(kit)
      await kit.get(agent, origin.port, { headers: { host: 'origin.test:1' } })
      await kit.get(agent, origin.port, { host: 'localhost' })
      await kit.get(agent, origin.port, { servername: '' })
      return names
    },
  },
  {
    when: 'rejectUnauthorized differs between two requests',
    only: 'https',
    async see(kit) {
      const { origin, names, agent } = await named(kit)
      await kit.get(agent, origin.port, { rejectUnauthorized: false })
      await kit.get(agent, origin.port, { rejectUnauthorized: true })
      return names.length
    },
  },
  {
    when: 'ALPNProtocols differs between two requests',
    only: 'https',
    async see(kit) {
      const { origin, names, agent } = await named(kit)
      await kit.get(agent, origin.port, { ALPNProtocols: ['http/1.1'] } as object)
      await kit.get(agent, origin.port)
      return names.length
    },
  },
  {
    when: 'checkServerIdentity differs between two requests',
    only: 'https',
    async see(kit) {
      const { origin, names, agent } = await named(kit)
      await kit.get(agent, origin.port)
      await kit.get(agent, origin.port, { checkServerIdentity: () => undefined })
      return names.length
    },
  },
  {
    when: 'two requests have the same checkServerIdentity of their own',
    only: 'https',
    async see(kit) {
      const { origin, names, agent } = await named(kit)
      const checkServerIdentity = (): undefined => undefined
      for (let i = 0; i < 2; i++) await kit.get(agent, origin.port, { checkServerIdentity })
      return names.length
    },
  },
  {
    when: 'connections to the same server follow one another',
    only: 'https',
    async see(kit) {
      const origin = await kit.origin((_, res) => res.setHeader('connection', 'close').end())
      const resumed: boolean[] = []
      origin.server.on('secureConnection', (socket: TLSSocket) =>
        resumed.push(socket.isSessionReused()),
      )
      const agent = await kit.agent()
      for (let i = 0; i < 4; i++) await kit.get(agent, origin.port)
      return resumed
    },
  },
  {
    when: "a listener to 'keylog' of the agent counts secrets",
    only: 'https',
    async see(kit) {
      const origin = await kit.origin()
      const agent = await kit.agent()
      const lines: string[] = []
      agent.on('keylog', (line: Buffer) => lines.push(String(line).split(' ')[0] as string))
      await kit.get(agent, origin.port)
      return lines.sort()
    },
  },
]

/** An origin that notes the name each connection asks for. */
async function named(kit: Kit) {
  const origin = await kit.origin()
  const names: unknown[] = []
  origin.server.on('secureConnection', (socket) => names.push(socket.servername))
  return { origin, names, agent: await kit.agent() }
}
