import { EventEmitter } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import type { Link } from '../../src/index.ts'
import {
  connOn,
  type MemoryAdapter,
  type MemoryConn,
  type MemoryTarget,
  memoryAdapter,
} from './memory-adapter.ts'
import type { Wire } from './memory-server.ts'

/** An adapter that breaks one law, made afresh for each run. */
export interface BrokenAdapter {
  readonly fault: string
  readonly law: string
  /** What its author is told, beside the law. */
  readonly says: RegExp
  readonly make: () => Partial<MemoryAdapter>
}

type Dial = MemoryAdapter['dial']

const dialWell: Dial = (target, link) => memoryAdapter.dial(target, link)

/** A link of its own for the adapter, with some methods replaced. */
const linkWith = (link: Link, replaced: Partial<Link>): Link => ({
  signal: link.signal,
  closed: (error) => link.closed(error),
  drain: () => link.drain(),
  setCapacity: (capacity) => link.setCapacity(capacity),
  ...replaced,
})

/** Dials step by step: `steps` does as it likes with wire, link, and how the dial settles. */
const dialWith =
  (
    steps: (it: {
      target: MemoryTarget
      link: Link
      wire: Wire
      resolve: (conn: MemoryConn) => void
      reject: (error: unknown) => void
    }) => void,
    destroys: (wire: Wire) => boolean = () => true,
  ): Dial =>
  (target, link) =>
    new Promise((resolve, reject) => {
      if (link.signal.aborted) return reject(link.signal.reason)
      const wire = target.server.connect(target.host)
      const onAbort = (): void => {
        if (destroys(wire)) wire.destroy()
        reject(link.signal.reason)
      }
      link.signal.addEventListener('abort', onAbort)
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          link.signal.removeEventListener('abort', onAbort)
          how(value)
        }
      steps({ target, link, wire, resolve: settle(resolve), reject: settle(reject) })
    })

const connOf = (it: { wire: Wire; link: Link }): MemoryConn => connOn(it.wire, it.link)

export const brokenAdapters: readonly BrokenAdapter[] = [
  {
    fault: 'gives a number as a key',
    law: 'key-1',
    says: /key\(\) returned 7.*Return a string/s,
    make: () => ({ key: (target) => (target.user === 'you' ? (7 as never) : 'me') }),
  },
  {
    fault: 'counts its dials in the key',
    law: 'key-2',
    says: /another key after a dial.*no counter/s,
    make: () => {
      let dials = 0
      return {
        key: ({ host, user }) => `${user}@${host}#${dials}`,
        dial: (target, link) => {
          dials++
          return dialWell(target, link)
        },
      }
    },
  },
  {
    fault: 'writes to the target',
    law: 'key-2',
    says: /the target was changed.*do not write to the target/s,
    make: () => ({
      key: (target) => Object.assign(target, { isAsked: true }) && memoryAdapter.key(target),
    }),
  },
  {
    fault: "makes the key from the order of a target's properties",
    law: 'key-3',
    says: /equalTargets\[0\].*the order of its properties/s,
    make: () => ({ key: ({ server: _, ...rest }) => JSON.stringify(rest) }),
  },
  {
    fault: 'leaves the user out of the key',
    law: 'key-4',
    says: /otherTargets\[0\] has the key of target.*address, user/s,
    make: () => ({ key: ({ host }) => host }),
  },
  {
    fault: 'resolves before the greeting',
    law: 'dial-1',
    says: /the use of a fresh connection failed.*greeted, logged in/s,
    make: () => ({
      dial: (target, link) => {
        if (target.host !== 'ok') return dialWell(target, link)
        return dialWith((it) => {
          it.wire.once('open', () => it.resolve(connOf(it)))
        })(target, link)
      },
    }),
  },
  {
    fault: 'gives two dials at once the same connection',
    law: 'dial-2',
    says: /two dials resolved with the same object.*Open a connection for each call/s,
    make: () => {
      let dialing = 0
      let last: MemoryConn | undefined
      return {
        dial: async (target, link) => {
          if (dialing++ === 0) last = undefined
          try {
            const conn = await dialWell(target, link)
            if (last !== undefined) conn.wire.destroy()
            return (last ??= conn)
          } finally {
            dialing--
          }
        },
      }
    },
  },
  {
    fault: 'wraps a refusal in an error without a code',
    law: 'dial-3',
    says: /Error: could not connect, which is not the refusal.*the very error/s,
    make: () => ({
      dial: (target, link) =>
        Promise.resolve(dialWell(target, link)).catch((error) => {
          if (link.signal.aborted) throw error
          throw new Error('could not connect')
        }),
    }),
  },
  {
    fault: 'forgets the connection on which it was refused',
    law: 'dial-4',
    says: /still has a connection of the refused dial.*after a failed login/s,
    make: () => ({
      dial: (target, link) => {
        if (target.host !== 'refuse') return dialWell(target, link)
        return dialWith(({ wire, reject }) => wire.once('refused', reject))(target, link)
      },
    }),
  },
  {
    fault: 'hears only of aborts to come',
    law: 'dial-5',
    says: /it resolved.*Look at link\.signal\.aborted first/s,
    make: () => ({
      dial: (target, link) => {
        const signal = link.signal.aborted ? new AbortController().signal : link.signal
        return dialWell(target, linkWith(link, { signal }))
      },
    }),
  },
  {
    fault: 'says goodbye before it rejects',
    law: 'dial-6',
    says: /still not settled.*clean up behind that/s,
    make: () => ({
      dial: (target, link) =>
        Promise.resolve(dialWell(target, link)).catch(async (error) => {
          for (let i = 0; target.host === 'ok' && i < 10; i++) {
            await new Promise((resolve) => setImmediate(resolve))
          }
          throw error
        }),
    }),
  },
  {
    fault: 'rejects aborted dials with an error of its own',
    law: 'dial-7',
    says: /rejected with Error: canceled.*link\.signal\.reason as it is/s,
    make: () => ({
      dial: (target, link) =>
        Promise.resolve(dialWell(target, link)).catch((error) => {
          throw link.signal.aborted ? new Error('canceled') : error
        }),
    }),
  },
  {
    fault: 'takes a reason that is null for none',
    law: 'dial-7',
    says: /aborted with null.*even if it is no Error/s,
    make: () => ({
      dial: (target, link) =>
        Promise.resolve(dialWell(target, link)).catch((error) => {
          throw error ?? new Error('aborted')
        }),
    }),
  },
  {
    fault: 'forgets a connection that opens after the abort',
    law: 'dial-8',
    says: /still has connections of aborted dials.*only after the abort/s,
    make: () => ({
      dial: dialWith(
        (it) => {
          it.wire.once('refused', (error) => {
            it.wire.destroy()
            it.reject(error)
          })
          it.wire.once('greeting', () => it.resolve(connOf(it)))
        },
        (wire) => wire.isOpen,
      ),
    }),
  },
  {
    fault: 'hears of no abort while it waits for the greeting',
    law: 'dial-9',
    says: /did not reject within two turns.*the greeting and the login too/s,
    make: () => ({
      dial: (target, link) => {
        if (target.host !== 'silent') return dialWell(target, link)
        return new Promise((_, reject) => {
          if (link.signal.aborted) return reject(link.signal.reason)
          const wire = target.server.connect('silent')
          const onAbort = (): void => {
            wire.destroy()
            reject(link.signal.reason)
          }
          link.signal.addEventListener('abort', onAbort)
          wire.once('open', () => link.signal.removeEventListener('abort', onAbort))
        })
      },
    }),
  },
  {
    fault: 'ends whichever dial is the latest',
    law: 'dial-10',
    says: /the dial beside it rejected.*not in the adapter/s,
    make: () => {
      let latest: AbortController
      return {
        dial: async (target, link) => {
          if (link.signal.aborted) throw link.signal.reason
          const own = new AbortController()
          latest = own
          const onAbort = (): void => {
            latest.abort(link.signal.reason)
            own.abort(link.signal.reason)
          }
          link.signal.addEventListener('abort', onAbort)
          try {
            return await dialWell(target, linkWith(link, { signal: own.signal }))
          } finally {
            link.signal.removeEventListener('abort', onAbort)
          }
        },
      }
    },
  },
  {
    fault: 'reports an end while it is asked to dial',
    law: 'dial-11',
    says: /for refusingTarget, dial\(\) called link\.closed\(\).*reject or throw instead/s,
    make: () => ({
      dial: (target, link) => {
        if (target.host === 'refuse') link.closed()
        return dialWell(target, link)
      },
    }),
  },
  {
    fault: 'does not know one of the reasons to close',
    law: 'close-1',
    says: /closed for 'evicted'.*by force if need be/s,
    make: () => ({
      close: (conn, reason) => {
        if (reason !== 'evicted') conn.wire.destroy()
      },
    }),
  },
  {
    fault: 'closes an idle connection when it is leased again',
    law: 'close-2',
    says: /closed while idle.*it will not/s,
    make: () => {
      const idle = new WeakSet<MemoryConn>()
      return {
        onIdle: (conn) => {
          idle.add(conn)
          conn.wire.unref()
        },
        onLease: (conn) => {
          idle.delete(conn)
          conn.wire.ref()
        },
        close: (conn) => {
          if (!idle.has(conn)) conn.wire.destroy()
        },
      }
    },
  },
  {
    fault: 'throws for one of the reasons to close',
    law: 'close-3',
    says: /close\(conn, 'lifetime'\) threw Error: too old.*Catch what the transport throws/s,
    make: () => ({
      close: (conn, reason) => {
        conn.wire.destroy()
        if (reason === 'lifetime') throw new Error('too old')
      },
    }),
  },
  {
    fault: 'throws when it closes twice',
    law: 'close-4',
    says: /the second close\(\) threw Error: closed already.*do nothing/s,
    make: () => ({
      close: ({ wire }) => {
        if (wire.isDestroyed && !wire.endedByPeer) throw new Error('closed already')
        wire.destroy()
      },
    }),
  },
  {
    fault: 'says goodbye to a peer that is gone',
    law: 'close-5',
    says: /threw Error: the wire is not open, right after.*may not have heard of it yet/s,
    make: () => ({
      close: ({ wire }) => {
        if (wire.endedByPeer) wire.send('bye')
        wire.destroy()
      },
    }),
  },
  {
    fault: 'forgets who waits for an answer',
    law: 'close-6',
    says: /waited in vain for the use of a closed connection.*must fail/s,
    make: () => ({
      close: (conn) => {
        conn.forgetWaiting()
        conn.wire.destroy()
      },
    }),
  },
  {
    fault: 'listens to what is leased only',
    law: 'link-1',
    says: /waited in vain for link\.closed\(\).*while it is idle too/s,
    make: () => {
      const idle = new WeakSet<MemoryConn>()
      return {
        ...reportingIf((conn) => !idle.has(conn)),
        onIdle: (conn) => {
          idle.add(conn)
          conn.wire.unref()
        },
        onLease: (conn) => {
          idle.delete(conn)
          conn.wire.ref()
        },
      }
    },
  },
  {
    fault: 'listens to what is idle only',
    law: 'link-2',
    says: /waited in vain for link\.closed\(\).*while it is leased too/s,
    make: () => {
      const idle = new WeakSet<MemoryConn>()
      return {
        ...reportingIf((conn) => idle.has(conn)),
        onIdle: (conn) => {
          idle.add(conn)
          conn.wire.unref()
        },
        onLease: (conn) => {
          idle.delete(conn)
          conn.wire.ref()
        },
      }
    },
  },
  {
    fault: 'keeps one link for all',
    law: 'link-3',
    says: /on the link of another connection.*Keep the link of each dial/s,
    make: () => {
      let last: Link
      return {
        dial: async (target, link) => {
          last = link
          const closed = (): void => (conn?.wire.endedByPeer ? last : link).closed()
          const conn = await dialWell(target, linkWith(link, { closed }))
          return conn
        },
      }
    },
  },
  {
    fault: 'connects again by itself',
    law: 'link-4',
    says: /(has a connection again|one connection too many).*automatic reconnection/s,
    make: () => ({
      dial: async (target, link) => {
        const conn = await dialWell(target, link)
        conn.wire.on('close', () => conn.wire.endedByPeer && target.server.connect('ok'))
        return conn
      },
    }),
  },
  {
    fault: 'takes no notice of a request to drain while idle',
    law: 'link-5',
    says: /waited in vain for link\.drain\(\) of an idle connection.*leased or idle/s,
    make: () => {
      const idle = new WeakSet<MemoryConn>()
      return {
        dial: async (target, link) => {
          const conn = await dialWell(
            target,
            linkWith(link, { drain: () => idle.has(conn) || link.drain() }),
          )
          return conn
        },
        onIdle: (conn) => {
          idle.add(conn)
          conn.wire.unref()
        },
      }
    },
  },
  {
    fault: 'reports only more capacity',
    law: 'link-6',
    says: /waited in vain for link\.setCapacity\(1\).*up and down/s,
    make: () => ({
      dial: (target, link) => {
        let most = 0
        const setCapacity = (capacity: number): void => {
          if (capacity <= most) return
          most = capacity
          link.setCapacity(capacity)
        }
        return dialWell(target, linkWith(link, { setCapacity }))
      },
    }),
  },
  {
    fault: 'reports half a lease of capacity',
    law: 'link-7',
    says: /link\.setCapacity\(2\.5\) was called.*never NaN or a fraction/s,
    make: () => ({
      dial: (target, link) => {
        // A pool throws a RangeError.
        queueMicrotask(() => {
          try {
            link.setCapacity(2.5)
          } catch {}
        })
        return dialWell(target, link)
      },
    }),
  },
  {
    fault: 'takes a method off its link',
    law: 'link-8',
    says: /link\.setCapacity\(\) was called apart from its link.*call link\.closed\(\)/s,
    make: () => ({
      dial: (target, link) => {
        const { setCapacity } = link
        return dialWell(target, linkWith(link, { setCapacity }))
      },
    }),
  },
  {
    fault: 'lets isBroken be waited for',
    law: 'broken-1',
    says: /isBroken\(\) returned \[object Promise\].*not a promise/s,
    make: () => ({ isBroken: (async (conn: MemoryConn) => conn.isDead) as never }),
  },
  {
    fault: 'takes what was used for broken',
    law: 'broken-2',
    says: /isBroken\(\) is true after a first use.*else none is ever used again/s,
    make: () => ({ isBroken: (conn) => conn.isDead || conn.asked > 0 }),
  },
  {
    fault: 'takes nothing for broken',
    law: 'broken-3',
    says: /isBroken\(\) is false after link\.closed\(\).*ever after/s,
    make: () => ({ isBroken: () => false }),
  },
  {
    fault: 'asks the peer whether it is broken',
    law: 'broken-4',
    says: /has received 100 for 100 looks.*no ping/s,
    make: () => ({
      isBroken: (conn) => {
        if (!conn.wire.isDestroyed) conn.wire.send('ping')
        return conn.isDead
      },
    }),
  },
  {
    fault: 'stops listening when idle, for good',
    law: 'idle-1',
    says: /waited in vain for the use of a connection, after its first time.*Undo in onLease/s,
    make: () => ({
      onIdle: (conn) => {
        conn.ignore()
        conn.wire.unref()
      },
    }),
  },
  {
    fault: 'lets an idle connection keep the process alive',
    law: 'idle-2',
    says: /8 idle connections still hold MessagePort.*Call unref\(\)/s,
    make: () => ({ onIdle: () => {} }),
  },
  {
    fault: 'goes on asking an idle connection whether it is there',
    law: 'idle-2',
    says: /8 idle connections still hold Timeout.*its timers/s,
    make: () => ({
      dial: async (target, link) => {
        const conn = await dialWell(target, link)
        const timer = setInterval(noop, 10_000)
        conn.wire.on('close', () => clearInterval(timer))
        return conn
      },
    }),
  },
  {
    fault: 'lets the process end while an answer is awaited',
    law: 'idle-3',
    says: /let the process end.*Call ref\(\) in onLease/s,
    make: () => ({ onLease: () => {} }),
  },
  {
    fault: 'takes another listener off than it put on',
    law: 'leaks-1',
    says: /the connection has \d+ listeners more.*the same function/s,
    make: () => ({
      onIdle: ({ wire }) => {
        wire.unref()
        wire.on('answer', () => wire.destroy.name)
      },
      onLease: ({ wire }) => {
        wire.ref()
        wire.off('answer', () => wire.destroy.name)
      },
    }),
  },
  {
    fault: 'leaves listeners where nobody can count them',
    law: 'leaks-1',
    says: /MaxListenersExceededWarning.*the same function/s,
    make: () => {
      const hidden = new WeakMap<MemoryConn, EventEmitter>()
      return {
        onIdle: (conn) => {
          conn.wire.unref()
          const emitter = hidden.get(conn) ?? new EventEmitter()
          hidden.set(conn, emitter.on('end', noop))
        },
      }
    },
  },
  {
    fault: 'keeps something open for each connection that it closes',
    law: 'leaks-2',
    says: /\d+ handles and .* more than before.*all that dial\(\) has made/s,
    make: () => ({
      close: ({ wire }) => {
        const { port1 } = new MessageChannel()
        port1.ref()
        abandoned.push(port1)
        wire.destroy()
      },
    }),
  },
  {
    fault: 'leaves its listener on the signal',
    law: 'leaks-3',
    says: /1 left after a dial that succeeded.*\{ once: true \} does it only for an abort/s,
    make: () => ({
      dial: (target, link) => {
        if (target.host === 'ok') link.signal.addEventListener('abort', noop)
        return dialWell(target, link)
      },
    }),
  },
  {
    fault: 'leaves its listener on the signal when it is refused',
    law: 'leaks-4',
    says: /1 left after a dial that was refused.*finally/s,
    make: () => ({
      dial: (target, link) => {
        if (target.host === 'refuse') link.signal.addEventListener('abort', noop)
        return dialWell(target, link)
      },
    }),
  },
  {
    fault: 'has a promise of which nobody knows',
    law: 'uncaught-1',
    says: /unhandled; the first is Error: aborted.*Catch what an internal promise/s,
    make: () => ({
      dial: (target, link) => {
        const dialed = Promise.resolve(dialWell(target, link))
        if (target.host === 'silent') dialed.finally(noop)
        return dialed
      },
    }),
  },
  {
    fault: "has no 'error' listener after the end",
    law: 'uncaught-2',
    says: /1 uncaught|uncaught; the first is Error: reset.*'error' listener/s,
    make: () => ({
      dial: async (target, link) => {
        const conn = await dialWell(target, link)
        conn.wire.once('close', () => {
          if (conn.wire.endedByPeer) conn.wire.emit('error', new Error('reset'))
        })
        return conn
      },
    }),
  },
]

/** Ports that a broken adapter leaves open; whoever runs it closes them. */
export const abandoned: { close(): void }[] = []

function noop(): void {}

/** Reports the end of a connection only if `condition` holds for it. */
function reportingIf(condition: (conn: MemoryConn) => boolean): Pick<MemoryAdapter, 'dial'> {
  return {
    dial: async (target, link) => {
      const conn = await dialWell(
        target,
        linkWith(link, { closed: (error) => condition(conn) && link.closed(error) }),
      )
      return conn
    },
  }
}
