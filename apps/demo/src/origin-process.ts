import type { AddressInfo } from 'node:net'
import { createOrigin } from './origin.ts'

// Forked by `startOrigin`: serves on a free port, tells it, and ends with its parent.

const server = createOrigin(Number(process.argv[2]))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))

process.on('disconnect', () => process.exit())
// A Ctrl-C in the terminal reaches this process too; the parent decides when it is over.
process.on('SIGINT', () => {})
