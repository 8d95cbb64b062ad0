import { arch, cpus, loadavg, platform, totalmem } from 'node:os'
import { peerVersions } from './peer-versions.ts'

/** What the figures depend on beside the code. */
export interface Environment {
  readonly node: string
  readonly v8: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly load: number
  readonly date: string
  /** Versions of the packages measured beside ours; not in results that are older than this field. */
  readonly peers?: Readonly<Record<string, string>>
}

export function environment(): Environment {
  const cores = cpus()
  return {
    node: process.version,
    v8: process.versions.v8,
    platform: `${platform()} ${arch()}`,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0] ?? 0,
    date: new Date().toISOString(),
    peers: peerVersions(),
  }
}
