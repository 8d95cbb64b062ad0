import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Gate } from './gate.ts'
import type { OriginOrder, OriginReport, OriginSettings } from './origin-message.ts'
import { OriginServer } from './origin-server.ts'

// Forked by `startOrigin`: serves as it is told, says on which port, and ends with its parent.

process.once('disconnect', () => process.exit())
// A Ctrl-C in the terminal reaches this process too; the parent decides when it is over.
process.on('SIGINT', () => {})

process.once('message', (settings: OriginSettings) => {
  serve(settings).then(
    (port) => report({ port }),
    (error: Error) => report({ error: error.message }),
  )
})

async function serve(settings: OriginSettings): Promise<number> {
  const origin = new OriginServer(settings)
  const { gated = false } = settings
  origin.server.listen({ port: gated ? 0 : settings.port, host: '127.0.0.1', backlog: 2_048 })
  await once(origin.server, 'listening')
  const { port } = origin.server.address() as AddressInfo
  const gate = new Gate(port)
  process.on('message', (order: OriginOrder) => obey(order, origin, gate))
  return gated ? gate.listen(settings.port) : port
}

function obey(order: OriginOrder, origin: OriginServer, gate: Gate): void {
  if ('set' in order) {
    if (order.set.workMs !== undefined) origin.workMs = order.set.workMs
    if (order.set.maxStreams !== undefined) origin.maxStreams = order.set.maxStreams
  } else if (order.fault === 'goaway') origin.goaway()
  else gate[order.fault]()
}

function report(what: OriginReport): void {
  process.send?.(what)
}
