import { generate } from 'selfsigned'
import { domain } from './hosts.ts'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** One for the hosts of the demo, signed by itself; made anew each time, kept nowhere. */
export async function makeCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: domain }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'subjectAltName', altNames: [{ type: 2 as const, value: `*.${domain}` }] },
    ],
  })
  return { key, cert }
}
