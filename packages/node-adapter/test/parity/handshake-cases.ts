import type { ServerOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { certificate } from '../support/tls-origin.ts'
import type { ParityCase } from './cases.ts'
import { type Kit, shape } from './kit.ts'

/** Handshakes in which both sides have their wishes. */
export const handshakeCases: readonly ParityCase[] = [
  {
    when: 'the client asks for a later version of TLS than the server has',
    only: 'https',
    see: (kit) => codeOf(kit, { maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }),
  },
  {
    when: 'the client and the server have no cipher in common',
    only: 'https',
    see: (kit) =>
      codeOf(
        kit,
        { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
        { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      ),
  },
  ...(['TLSv1.2', 'TLSv1.3'] as const).map((maxVersion) => ({
    when: `the server wants a certificate of the client, which has none, with ${maxVersion}`,
    only: 'https' as const,
    see: (kit: Kit) => codeOf(kit, { maxVersion, requestCert: true, rejectUnauthorized: true }, {}),
  })),
  {
    when: 'the server wants a certificate of the client, and gets it',
    only: 'https',
    async see(kit) {
      const { key, cert } = await certificate()
      const server = { requestCert: true, rejectUnauthorized: true, ca: cert }
      return codeOf(kit, server, { key, cert })
    },
  },
  {
    when: 'the private key of a request is of another certificate',
    only: 'https',
    async see(kit) {
      const [{ cert }, { key }] = [await certificate(), await certificate('other.test')]
      return codeOf(kit, {}, { cert, key })
    },
  },
  {
    when: 'checkServerIdentity of a request returns an error of its own',
    only: 'https',
    see: (kit) =>
      codeOf(
        kit,
        {},
        { checkServerIdentity: () => Object.assign(new Error('no'), { code: 'NO' }) },
      ),
  },
  {
    when: 'an authority of its own is given with a request',
    only: 'https',
    async see(kit) {
      const { cert } = await certificate('other.test')
      const origin = await startHttpsOrigin((_, res) => res.end('ok'))
      const agent = kit.plainAgent()
      const both = [{ ca: origin.cert }, { ca: cert }]
      const seen: unknown[] = []
      for (const options of both) seen.push(await outcome(kit.get(agent, origin.port, options)))
      return seen
    },
  },
  {
    when: 'a protocol is chosen by ALPN',
    only: 'https',
    async see(kit) {
      const origin = await startHttpsOrigin(
        (req, res) => res.end(String((req.socket as TLSSocket).alpnProtocol)),
        { ALPNProtocols: ['http/1.1'] },
      )
      const agent = await kit.agent()
      const { body } = await kit.get(agent, origin.port, { ALPNProtocols: ['http/1.1'] } as object)
      return [body, await outcome(kit.get(await kit.agent(), origin.port))]
    },
  },
]

/** What a request comes to, if server and request have these options. */
async function codeOf(kit: Kit, server: ServerOptions, request: object): Promise<unknown> {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'), server)
  const agent = await kit.agent()
  try {
    return await outcome(kit.get(agent, origin.port, request))
  } catch (error) {
    return { thrown: shape(error) }
  }
}

async function outcome(reply: Promise<{ readonly body: string }>): Promise<unknown> {
  return reply.then(
    ({ body }) => body,
    (error) => ({ ...shape(error), message: undefined }),
  )
}
