import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Snapshot, StreamMessage } from '../../src/protocol.ts'
import { EventStream } from '../../src/server/event-stream.ts'

const batch = (t: number, more: object = {}): StreamMessage => ({ type: 'batch', t, ...more })

/** A stream behind a server; the snapshot is its number. */
async function serve() {
  let snapshots = 0
  const snapshot = (): Snapshot => ({ type: 'snapshot', number: ++snapshots }) as never
  const events = new EventStream('boot', snapshot)
  const server = createServer((req, res) => events.open(req, res))
  server.listen(0, '127.0.0.1')
  onTestFinished(() => {
    events.close()
    server.close()
  })
  await once(server, 'listening')
  return { events, port: (server.address() as AddressInfo).port }
}

class Client {
  readonly socket: Socket
  /** What came, as `s1` for a snapshot and `b7` for a batch. */
  readonly told: string[] = []
  lastId: string | undefined
  #rest = ''

  constructor(port: number, lastId?: string) {
    this.socket = connect(port, '127.0.0.1')
    onTestFinished(() => void this.socket.destroy())
    const id = lastId === undefined ? '' : `Last-Event-ID: ${lastId}\r\n`
    this.socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${id}\r\n`)
    this.socket.on('data', (chunk) => this.#read(String(chunk)))
  }

  #read(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('id: ')) this.lastId = line.slice(4)
      if (line.startsWith('data: ')) this.#tell(JSON.parse(line.slice(6)))
    }
  }

  #tell({ type, t, number }: { type: string; t?: number; number?: number }): void {
    this.told.push(type === 'snapshot' ? `s${number}` : `b${t}`)
  }
}

test('whoever comes gets a snapshot, and then what is new', async () => {
  const { events, port } = await serve()
  events.publish(batch(1))

  const client = new Client(port)
  await expect.poll(() => client.told).toEqual(['s1'])
  events.publish(batch(2))

  await expect.poll(() => client.told).toEqual(['s1', 'b2'])
})

test('whoever comes again gets what was missed, without a snapshot', async () => {
  const { events, port } = await serve()
  const first = new Client(port)
  await expect.poll(() => first.told).toEqual(['s1'])
  events.publish(batch(1))
  await expect.poll(() => first.told).toEqual(['s1', 'b1'])
  first.socket.destroy()
  events.publish(batch(2))
  events.publish(batch(3))

  const again = new Client(port, first.lastId)

  await expect.poll(() => again.told).toEqual(['b2', 'b3'])
})

test.each([
  ['has missed more than is kept', 'boot/1'],
  ['was with another server', 'other/150'],
  ['is from the future', 'boot/999'],
  ['says nonsense', 'boot/x'],
  ['says nothing', ''],
])('whoever comes again and %s gets a snapshot', async (_, lastId) => {
  const { events, port } = await serve()
  for (let t = 1; t <= 150; t++) events.publish(batch(t))

  const client = new Client(port, lastId)

  await expect.poll(() => client.told).toEqual(['s1'])
})

test('after a snapshot for all nobody gets what was before it', async () => {
  const { events, port } = await serve()
  events.publish(batch(1))
  events.publish({ type: 'snapshot', number: 7 } as never)

  const client = new Client(port, 'boot/0')
  const other = new Client(port, 'boot/1')

  await expect.poll(() => client.told).toEqual(['s1'])
  await expect.poll(() => other.told).toEqual(['s7'])
})

test('a reader that does not read misses messages, and gets a snapshot when it has caught up', async () => {
  const { events, port } = await serve()
  const slow = new Client(port)
  await expect.poll(() => slow.told).toEqual(['s1'])
  slow.socket.pause()
  const large = 'x'.repeat(100_000)

  for (let t = 1; t <= 300; t++) {
    events.publish(batch(t, { large }))
    if (t % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  slow.socket.resume()

  await expect.poll(() => slow.told.at(-1), { timeout: 10_000 }).toMatch(/^s/)
  expect(slow.told.length).toBeLessThan(300)
})

test('a reader that is gone is forgotten', async () => {
  const { events, port } = await serve()
  const client = new Client(port)
  await expect.poll(() => events.readers).toBe(1)

  client.socket.destroy()

  await expect.poll(() => events.readers).toBe(0)
})
