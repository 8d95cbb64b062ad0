import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'

/** Where to send requests, and how their connections are dialed. The same for every peer. */
export interface Route {
  /** What the peers are told to connect to. */
  readonly url: URL
  /** The `Host` that the server gets to see. */
  readonly host: string
  /** Given to every peer's own connect, if dials are to be slow. */
  readonly lookup: LookupFunction | undefined
}

/**
 * Dials that take `delayMs` longer, by a name server that takes its time.
 *
 * All three peers hand a `lookup` function on to `net.connect`, so this is one and the same
 * mechanism for them, in a place where real dials are slow, and each peer's own connecting code
 * runs as it always does: its socket is really still connecting all that time. A slow proxy in
 * between would not do: it accepts at once, and the peers believe that they are connected.
 *
 * An address is not looked up, so one in the URL is replaced by a name that only this function knows.
 */
export function routeTo(url: URL, delayMs: number): Route {
  if (delayMs === 0) return { url, host: url.host, lookup: undefined }
  const address = url.hostname.replace(/^\[|\]$/g, '')
  const named = new URL(url)
  if (isIP(address) !== 0) named.hostname = 'slow-dial.invalid'
  return { url: named, host: url.host, lookup: slowLookup(address, delayMs) }
}

function slowLookup(address: string, delayMs: number): LookupFunction {
  return (_, options, callback) => {
    setTimeout(() => lookup(address, options, callback), delayMs)
  }
}
