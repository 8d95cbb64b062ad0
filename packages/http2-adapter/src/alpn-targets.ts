import type { ConnectionOptions } from 'node:tls'
import type { NetTarget } from '@wantconn/node-adapter'
import { show } from './show.ts'

interface Remembered {
  readonly given: NetTarget
  readonly offering: NetTarget
}

/**
 * Targets as the adapter for sockets gets them: the same, with the protocols that TLS is to offer.
 *
 * That adapter remembers what it has worked out for a target object and for its `tls`; so the same
 * ones come out for the same ones, as long as nobody has changed them.
 */
export class AlpnTargets {
  readonly #protocols: string[]
  readonly #targets = new WeakMap<NetTarget, Remembered>()
  readonly #tls = new WeakMap<ConnectionOptions, ConnectionOptions>()
  readonly #plainTls: ConnectionOptions

  constructor(protocols: readonly string[]) {
    this.#protocols = [...protocols]
    this.#plainTls = { ALPNProtocols: this.#protocols }
  }

  /** One without `tls` comes back as it is. */
  of(target: NetTarget): NetTarget {
    if (target?.tls === undefined) return target
    const remembered = this.#targets.get(target)
    if (remembered !== undefined && isSame(remembered.given, target)) return remembered.offering
    const offering = { ...target, tls: this.#offeringTls(target.tls) }
    this.#targets.set(target, { given: { ...target }, offering })
    return offering
  }

  #offeringTls(tls: ConnectionOptions | true): ConnectionOptions {
    if (typeof tls !== 'object' || tls === null) {
      if (tls === true) return this.#plainTls
      throw new TypeError(`NetTarget.tls must be true or an object of options; got ${show(tls)}`)
    }
    if (tls.ALPNProtocols !== undefined && tls.ALPNProtocols !== null) {
      throw new TypeError(
        'NetTarget.tls.ALPNProtocols is not for its users to choose: HTTP/2 is what is spoken here',
      )
    }
    let offering = this.#tls.get(tls)
    if (offering === undefined) {
      offering = { ...tls, ALPNProtocols: this.#protocols }
      this.#tls.set(tls, offering)
    }
    return offering
  }
}

function isSame(a: NetTarget, b: NetTarget): boolean {
  const fields = Object.keys(b) as (keyof NetTarget)[]
  return fields.length === Object.keys(a).length && fields.every((field) => a[field] === b[field])
}
