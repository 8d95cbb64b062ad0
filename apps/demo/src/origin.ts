import { createServer, type Server } from 'node:http'

/** An HTTP/1.1 server whose every answer takes `workMs`, whatever else it has to do. */
export function createOrigin(workMs: number): Server {
  const server = createServer((_, res) => {
    setTimeout(() => res.end('served\n'), workMs)
  })
  // Longer than the pause between two bursts, however slow the machine.
  server.keepAliveTimeout = 60_000
  return server
}
