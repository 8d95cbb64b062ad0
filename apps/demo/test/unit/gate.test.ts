import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Gate } from '../../src/origin/gate.ts'

/** A gate before a server that says everything back. */
async function open(): Promise<{ gate: Gate; port: number }> {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const gate = new Gate((server.address() as AddressInfo).port)
  onTestFinished(() => {
    gate.close()
    server.close()
  })
  return { gate, port: await gate.listen(0) }
}

async function client(port: number): Promise<{ socket: Socket; heard: () => string }> {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let text = ''
  socket.on('data', (chunk) => (text += chunk)).on('error', () => {})
  await once(socket, 'connect')
  return { socket, heard: () => text }
}

test('it forwards, both ways and to the end', async () => {
  const { gate, port } = await open()
  const { socket, heard } = await client(port)

  socket.end('hello')
  await once(socket, 'close')

  expect(heard()).toBe('hello')
  await expect.poll(() => gate.connections).toBe(0)
})

test('a reset reaches every client as one', async () => {
  const { gate, port } = await open()
  const clients = await Promise.all([client(port), client(port)])
  await expect.poll(() => gate.connections).toBe(2)
  const errors = clients.map(({ socket }) => once(socket, 'error'))

  gate.reset()

  const codes = (await Promise.all(errors)).map(([error]) => error.code)
  expect(codes).toEqual(['ECONNRESET', 'ECONNRESET'])
})

test('what is dropped is not heard, on old connections and new ones, until it heals', async () => {
  const { gate, port } = await open()
  const old = await client(port)
  old.socket.write('one')
  await expect.poll(old.heard).toBe('one')

  gate.drop()
  const fresh = await client(port)
  old.socket.write('two')
  fresh.socket.write('three')
  // Another gate is quick to forward: if this one did, it would be done by then.
  const control = await client((await open()).port)
  control.socket.write('heard')
  await expect.poll(control.heard).toBe('heard')

  expect([old.heard(), fresh.heard()]).toEqual(['one', ''])
  gate.heal()
  await expect.poll(old.heard).toBe('onetwo')
  await expect.poll(fresh.heard).toBe('three')
})

test('a port that is in use is an error', async () => {
  const { port } = await open()

  await expect(new Gate(1).listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
