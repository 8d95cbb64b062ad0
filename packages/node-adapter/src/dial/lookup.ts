import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns'
import { isIP } from 'node:net'

/**
 * Finds a name's addresses, as `dns.lookup` does. It is asked for all of them (`all: true`), but may
 * also answer with a single one.
 */
export type NetLookup = (
  hostname: string,
  options: LookupOptions,
  callback: (
    error: NodeJS.ErrnoException | null,
    address: string | LookupAddress[],
    family?: number,
  ) => void,
) => void

/** The addresses of a name in the order of the resolver, which knows RFC 6724. At least one. */
export function lookupAddresses(
  hostname: string,
  family: 0 | 4 | 6,
  lookup: NetLookup | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
    // Not even asked, then.
    if (signal.aborted) {
      onAbort()
      return
    }
    const done = (error: Error | null, found: unknown): void => {
      signal.removeEventListener('abort', onAbort)
      if (error) reject(error)
      else {
        try {
          resolve(readAnswer(hostname, found, family))
        } catch (invalid) {
          reject(invalid)
        }
      }
    }
    try {
      const find = lookup ?? (systemLookup as NetLookup)
      find(hostname, { all: true, family }, done)
    } catch (error) {
      done(error as Error, undefined)
    }
  })
}

function readAnswer(hostname: string, found: unknown, family: 0 | 4 | 6): string[] {
  const entries: unknown[] = Array.isArray(found) ? found : [found]
  const addresses = entries.map((entry) => readAddress(hostname, entry))
  const wanted = addresses.filter((address) => family === 0 || isIP(address) === family)
  if (wanted.length === 0) throw notFound(hostname)
  return interleave([...new Set(wanted)])
}

function readAddress(hostname: string, entry: unknown): string {
  const isObject = typeof entry === 'object' && entry !== null
  const address = isObject ? (entry as { address?: unknown }).address : entry
  if (typeof address === 'string' && isIP(address) !== 0) return address
  throw invalid(hostname, address)
}

/** The families take turns, beginning with that of the first address (RFC 8305, section 4). */
export function interleave(addresses: readonly string[]): string[] {
  const first = addresses.filter((address) => isIP(address) === isIP(addresses[0] as string))
  const second = addresses.filter((address) => isIP(address) !== isIP(addresses[0] as string))
  const mixed: string[] = []
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    mixed.push(...first.slice(i, i + 1), ...second.slice(i, i + 1))
  }
  return mixed
}

function invalid(hostname: string, address: unknown): Error {
  const error = new Error(`the lookup of ${hostname} brought no IP address, but ${String(address)}`)
  return Object.assign(error, { code: 'ERR_INVALID_IP_ADDRESS' })
}

function notFound(hostname: string): Error {
  const error = new Error(`the lookup of ${hostname} brought no address of the family wanted`)
  return Object.assign(error, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname })
}
