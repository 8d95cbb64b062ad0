import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { domain } from '../origin/hosts.ts'

/** Told of each name that a contender asks for, and when it is answered. */
export interface LookupWatch {
  asked(host: string): void
  answered(host: string): void
}

/**
 * A name server that takes its time: all contenders hand a `lookup` on to where they connect, so this
 * makes dials slow in one and the same way for them, where real dials are slow, and each one's own
 * connecting code runs as it always does. A slow proxy in between would not do: it accepts at
 * once, and they believe that they are connected.
 *
 * The hosts of the demo are on loopback; other names are looked up.
 */
export function demoLookup(delayMs: () => number, watch?: LookupWatch): LookupFunction {
  return (host, options, callback) => {
    watch?.asked(host)
    const answer: typeof callback = (...found) => {
      watch?.answered(host)
      callback(...found)
    }
    const isOurs = host.endsWith(`.${domain}`)
    const find = (): void => systemLookup(isOurs ? '127.0.0.1' : host, options, answer)
    const ms = delayMs()
    if (ms === 0) find()
    else setTimeout(find, ms)
  }
}
