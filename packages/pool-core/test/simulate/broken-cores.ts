import { Dialer } from '../../src/dialer.ts'
import { Engine } from '../../src/engine.ts'
import { PooledConn } from '../../src/pooled-conn.ts'

/** Breaks the core; returns what mends it again. */
export type Break = () => () => void

/** A dial whose want was canceled goes idle, and whoever waits in line is not told. */
const losesWakeUp: Break = () =>
  replace(
    Dialer.prototype,
    'brought',
    (brought) =>
      function (this: unknown, dial, conn) {
        const line = dial.state?.line
        const first = line?.first
        if (line === undefined || first === undefined || dial.want !== undefined) {
          return brought.call(this as never, dial, conn)
        }
        line.first = undefined
        brought.call(this as never, dial, conn)
        line.first = first
      },
  )

/** One lease too many finds room. */
const handsOutTwice: Break = () =>
  replaceGetter(PooledConn.prototype, 'hasRoom', function (this: PooledConn<unknown, object>) {
    return this.state !== undefined && this.retired === undefined && this.leases <= this.capacity
  })

/** A dial fails whose want was settled already, and nobody looks who waits for the place. */
const forgetsToDial: Break = () => {
  let isBlind = false
  const mendTouch = replace(
    Engine.prototype,
    'touch',
    (touch) =>
      function (this: unknown, state) {
        if (!isBlind) touch.call(this as never, state)
      },
  )
  const mendFailed = replace(
    Dialer.prototype,
    'failed',
    (failed) =>
      function (this: unknown, dial, error) {
        isBlind =
          dial.want === undefined && (dial.state?.open ?? 0) + (dial.state?.line.size ?? 0) > 0
        failed.call(this as never, dial, error)
        isBlind = false
      },
  )
  return () => {
    mendTouch()
    mendFailed()
  }
}

/** Three faults that pools have really had. */
export const brokenCores: readonly (readonly [name: string, core: Break])[] = [
  ['a wake-up lost after a cancel', losesWakeUp],
  ['a connection handed out twice', handsOutTwice],
  ['no dial begun again after one that was nobody’s has failed', forgetsToDial],
]

/** Puts another method in the place of one; returns what undoes it. */
export function replace<T extends object, Name extends keyof T>(
  prototype: T,
  name: Name,
  make: (original: T[Name]) => T[Name],
): () => void {
  const original = prototype[name]
  prototype[name] = make(original)
  return () => {
    prototype[name] = original
  }
}

/** The same for what is read like a field. */
export function replaceGetter<T extends object>(
  prototype: T,
  name: keyof T & string,
  get: (this: T) => unknown,
): () => void {
  const original = Object.getOwnPropertyDescriptor(prototype, name) ?? {}
  Object.defineProperty(prototype, name, { configurable: true, get })
  return () => {
    Object.defineProperty(prototype, name, original)
  }
}
