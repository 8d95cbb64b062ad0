import { AsyncResource } from 'node:async_hooks'
import type { Socket } from 'node:net'
import type { NetTarget } from '@wantconn/node-adapter'
import type { Link } from '@wantconn/pool-core'
import type { SessionSettings } from './http2-options.ts'
import { KeyMemory } from './key-memory.ts'
import { openSession } from './open-session.ts'
import type { SharedSession } from './shared-session.ts'
import type { SocketLine } from './socket-line.ts'

/** Makes the sessions of one adapter, numbers them, and knows those that are open. */
export class SessionMaker {
  /** Those that have not closed yet. */
  readonly sessions: Set<SharedSession> = new Set()
  /** Streams at once, as each key has told last. */
  readonly capacities: KeyMemory<number> = new KeyMemory()
  readonly #settings: SessionSettings
  #lastId = 0
  // A session lives for many callers: it must not run, and keep, the context of the one it was
  // dialed for.
  readonly #scope = new AsyncResource('WantconnHttp2', { requireManualDestroy: false })

  constructor(settings: SessionSettings) {
    this.#settings = settings
  }

  make(
    socket: Socket,
    target: NetTarget,
    key: string,
    link: Link,
    line: SocketLine,
  ): Promise<SharedSession> {
    const { pingIntervalMs, pingTimeoutMs } = this.#settings
    return this.#scope.runInAsyncScope(() =>
      openSession(socket, target, this.#settings, line, {
        id: ++this.#lastId,
        key,
        link,
        pingIntervalMs,
        pingTimeoutMs,
        onCapacity: (capacity) => this.capacities.set(key, capacity),
        onOpen: (shared) => this.sessions.add(shared),
        onEnded: (shared) => this.sessions.delete(shared),
      }),
    )
  }

  expectedStreams(key: string): number {
    return this.capacities.get(key) ?? this.#settings.expectedStreams
  }
}
