/**
 * Listens to the errors of a socket in the moments in which nobody else does, between two phases of
 * its dial: they must not be uncaught, and whoever has the socket next looks at `destroyed`. One
 * function for all sockets, so that it costs nothing and can be taken off again.
 */
export function unheard(): void {}
