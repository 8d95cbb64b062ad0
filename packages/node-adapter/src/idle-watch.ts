import type { Socket } from 'node:net'
import type { Link } from '@wantconn/pool-core'
import { unheard } from './dial/unheard.ts'

/** Kept on the socket itself: found at once by listeners that are the same for all sockets. */
const watchOf: unique symbol = Symbol('wantconn.idleWatch')

type WatchedSocket = Socket & { [watchOf]?: IdleWatch }

/**
 * Listens to one socket for the pool.
 *
 * As long as it is pooled, an error or the end of it is reported at once, and no error is ever
 * uncaught, not even in the moments when no request listens. While it is idle, also for the two
 * things that make it useless for the next request: a FIN, and bytes that nobody asked for. A
 * connection that was dialed in vain and has never been used is watched like any other.
 */
export class IdleWatch {
  readonly #socket: Socket
  readonly #link: Link
  #isIdle = false
  #isFresh = true

  constructor(socket: Socket, link: Link) {
    this.#socket = socket
    this.#link = link
    ;(socket as WatchedSocket)[watchOf] = this
    socket.on('error', onError).on('close', onClose).off('error', unheard)
    // What ended it before anybody listened is not told again.
    if (socket.destroyed) link.closed(socket.errored ?? undefined)
  }

  static of(socket: Socket): IdleWatch | undefined {
    return (socket as WatchedSocket)[watchOf]
  }

  get isIdle(): boolean {
    return this.#isIdle
  }

  /**
   * Whether it cannot be lent any more. Bytes that its last holder did not read would be taken for
   * the next one's answer; on one that comes straight from its dial, they are a greeting.
   */
  isBroken(): boolean {
    const socket = this.#socket
    const isStale = !this.#isFresh && socket.readableLength > 0
    this.#isFresh = false
    return isStale || socket.destroyed || !socket.writable || !socket.readable
  }

  /** Nobody uses it: from here on it does not keep the process alive. */
  start(): void {
    this.#isIdle = true
    // Explicitly: whoever had it may have left it paused, and then nothing would be heard.
    const socket = this.#socket.on('data', onData).on('end', onEnd).resume()
    // What `createConnection` of an agent brings may be any stream.
    socket.unref?.()
  }

  /** The next holder finds it as if it were new: not flowing, so that no byte is lost before it listens. */
  stop(): void {
    this.#isIdle = false
    const socket = this.#socket as Socket & { readableFlowing: boolean | null }
    socket.off('data', onData).off('end', onEnd)
    socket.readableFlowing = null
    socket.ref?.()
  }

  /** It is somebody else's from now on, for good: its errors are theirs to hear, or uncaught. */
  leave(): void {
    this.#socket.off('error', onError).off('close', onClose)
    delete (this.#socket as WatchedSocket)[watchOf]
  }

  /** It is gone, and the pool is told. */
  lost(error?: Error | undefined): void {
    this.#link.closed(error)
  }

  /** Something came that makes it useless. The pool first: nobody may get this socket any more. */
  end(error?: Error | undefined): void {
    this.#isIdle = false
    this.#link.closed(error)
    this.#socket.destroy()
  }
}

function onError(this: Socket, error: Error): void {
  IdleWatch.of(this)?.lost(error)
}

function onClose(this: Socket): void {
  IdleWatch.of(this)?.lost()
}

function onData(this: Socket, data: Buffer): void {
  IdleWatch.of(this)?.end(new Error(`${data.length} bytes came that nobody had asked for`))
}

function onEnd(this: Socket): void {
  IdleWatch.of(this)?.end()
}
