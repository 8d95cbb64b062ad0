// The server that is to be spared: takes some ms for each request, and counts its connections.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the origin has seen since it was last asked. */
export interface OriginCounts {
  readonly requests: number
  /** Connections that were open at once. */
  readonly peak: number
  /** Connections that were accepted. */
  readonly opened: number
}

const workMs = Number(process.argv[2])
let counts = { requests: 0, peak: 0, opened: 0 }
let open = 0

const server = createServer((_, res) => {
  counts.requests++
  setTimeout(() => res.end('done'), workMs)
})
server.keepAliveTimeout = 60_000
server.on('connection', (socket) => {
  counts.opened++
  counts.peak = Math.max(counts.peak, ++open)
  socket.once('close', () => open--)
})
server.listen(0, '127.0.0.1', 1_024, () => {
  process.send?.((server.address() as AddressInfo).port)
})

process.on('message', () => {
  process.send?.(counts satisfies OriginCounts)
  counts = { requests: 0, peak: open, opened: 0 }
})
process.once('disconnect', () => process.exit())
