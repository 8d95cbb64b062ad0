import { once } from 'node:events'
import type { ClientHttp2Session } from 'node:http2'
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { create, createFileRegistry, type DescService } from '@bufbuild/protobuf'
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt'
import { type ConnectError, createClient } from '@connectrpc/connect'
import {
  connectNodeAdapter,
  createConnectTransport,
  createGrpcTransport,
} from '@connectrpc/connect-node'
import type { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { Http2Error, type Http2Target } from '../src/index.ts'
import { newPool } from './support/fixtures.ts'

/** `service Echo { rpc Say(Word) returns (Word); rpc Repeat(Word) returns (stream Word) }` */
function echoService(): DescService {
  const file = create(FileDescriptorProtoSchema, {
    name: 'echo.proto',
    package: 'test',
    syntax: 'proto3',
    messageType: [
      {
        name: 'Word',
        field: [
          {
            name: 'text',
            jsonName: 'text',
            number: 1,
            type: FieldDescriptorProto_Type.STRING,
            label: FieldDescriptorProto_Label.OPTIONAL,
          },
        ],
      },
    ],
    service: [
      {
        name: 'Echo',
        method: [
          { name: 'Say', inputType: '.test.Word', outputType: '.test.Word' },
          {
            name: 'Repeat',
            inputType: '.test.Word',
            outputType: '.test.Word',
            serverStreaming: true,
          },
        ],
      },
    ],
  })
  return createFileRegistry(file, () => undefined).getService('test.Echo') as DescService
}

/** All that connect-node asks of who has its sessions: a stream for each call. One lease, one stream. */
function sessionsOf(pool: Pool<Http2Target, ClientHttp2Session>, target: Http2Target, url: string) {
  return {
    authority: url,
    async request(method: string, path: string, headers: object, options: object) {
      const lease = await pool.acquire(target)
      try {
        const head = { ...headers, ':method': method, ':path': path }
        return lease.conn.request(head, options).once('close', () => lease.release())
      } catch (error) {
        lease.release()
        throw error
      }
    },
    notifyResponseByteRead() {},
  }
}

/** Who leases sessions sends again itself what their peer has certainly not acted on. */
async function again<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const { cause } = error as ConnectError
      const isUntouched = cause instanceof Http2Error && cause.processed === false
      if (!isUntouched || attempt === 7) throw error
    }
  }
}

async function all<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = []
  for await (const message of messages) read.push(message)
  return read
}

interface Word {
  readonly text: string
}

interface EchoClient {
  say(word: Word): Promise<Word>
  repeat(word: Word): AsyncIterable<Word>
}

test.each([
  ['Connect', createConnectTransport],
  ['gRPC', createGrpcTransport],
])(
  'connect-node speaks %s over the sessions of a pool, GOAWAY in between',
  async (_, makeTransport) => {
    const service = echoService()
    const handler = connectNodeAdapter({
      routes: (router) =>
        router.service(service, {
          say: (word: Word) => word,
          async *repeat(word: Word) {
            for (let i = 0; i < 3; i++) yield word
          },
        } as never),
    })
    const server = createHttp2Server({ settings: { maxConcurrentStreams: 20 } }, handler)
    let sessions = 0
    server.on('session', (session) => {
      sessions++
      onTestFinished(() => session.destroy())
      let streams = 0
      session.on('stream', (stream) => {
        if (++streams === 10) stream.once('close', () => session.close())
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const pool = newPool({ expectedStreams: 20 })
    const url = `http://127.0.0.1:${port}`
    const sessionManager = sessionsOf(pool, { host: '127.0.0.1', port }, url)
    const transport = makeTransport({
      baseUrl: url,
      httpVersion: '2',
      sessionManager,
    } as never)
    const client = createClient(service, transport) as unknown as EchoClient

    for (let round = 0; round < 5; round++) {
      const words = Array.from({ length: 8 }, (__, i) => `${round}-${i}`)
      const answers = await Promise.all(words.map((text) => again(() => client.say({ text }))))
      expect(answers.map(({ text }) => text)).toEqual(words)
      const repeated = await again(() => all(client.repeat({ text: 'again' })))
      expect(repeated.map(({ text }) => text)).toEqual(['again', 'again', 'again'])
    }

    await expect.poll(() => pool.stats().leases).toBe(0)
    expect(sessions).toBeGreaterThan(2)
  },
)
