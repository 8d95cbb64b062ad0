import { createRequire } from 'node:module'

/** The packages that something is measured beside, by the names that lines of tables have them by. */
const peers = [
  'agentkeepalive',
  'generic-pool',
  'http2-wrapper',
  'lightning-pool',
  'tarn',
  'undici',
] as const

/** Which version of each is installed. */
export function peerVersions(): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url)
  const versions = peers.map((name) => {
    const { version } = require(`${name}/package.json`) as { version: string }
    return [name, version] as const
  })
  return Object.fromEntries(versions)
}
