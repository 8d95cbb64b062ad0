import type { Socket } from 'node:net'

/** What Node's sockets are made on, as far as its own agent uses it for the same purpose. */
interface Handle {
  asyncReset?(resource: object): void
}

/** What async hooks are told of: that a handle begins another life. One for each, as stores are kept on it. */
class LentSocket {}

/**
 * From here on, what happens to the socket happens in the async context of the caller. It was opened
 * in another one, which would else be that of errors and of the end of each later request.
 */
export function resetAsyncContext(socket: Socket): void {
  const handle = (socket as Socket & { _handle?: Handle | null })._handle
  if (typeof handle?.asyncReset === 'function') handle.asyncReset(new LentSocket())
}
