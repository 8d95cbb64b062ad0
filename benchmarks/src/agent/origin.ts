// A server in a process of its own, so that its work is not counted. It answers `GET /5` after 5 ms.

import { type AddressInfo, createServer, type Socket } from 'node:net'

const answer = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')

/** Requests without a body come in one piece each, as clients here wait for the answer. */
function onData(this: Socket, data: Buffer): void {
  const ms = Number(data.toString('latin1', 5, data.indexOf(0x20, 5)))
  if (ms > 0) setTimeout(() => this.write(answer), ms)
  else this.write(answer)
}

const server = createServer((socket) => {
  socket.setNoDelay()
  socket.on('data', onData).on('error', () => {})
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 2_048 }, () => {
  process.send?.((server.address() as AddressInfo).port)
})
process.once('disconnect', () => process.exit())
