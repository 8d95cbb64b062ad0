// A server of HTTP/2 in a process of its own, so that its work is not counted.

import { createSecureServer, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'

const small = Buffer.from('ok')
const large = Buffer.alloc(2 ** 20, 'x')

const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
  algorithm: 'sha256',
})
const maxConcurrentStreams = Number(process.argv[2])
// Hundreds of answers of 1 MB at once are more than a session may hold by default.
const server = createSecureServer({
  key,
  cert,
  maxSessionMemory: 4_096,
  settings: { maxConcurrentStreams },
})
let connections = 0
server.on('secureConnection', () => {
  connections++
})
server.on('sessionError', () => {})
server.on('stream', (stream: ServerHttp2Stream, headers) => {
  stream.on('error', () => {})
  stream.respond({ ':status': 200 })
  stream.end(headers[':path'] === '/large' ? large : small)
})
server.listen({ port: 0, host: '0.0.0.0', backlog: 2_048 }, () => {
  process.send?.((server.address() as AddressInfo).port)
})
process.on('message', () => process.send?.(connections))
process.once('disconnect', () => process.exit())
