import { execFile } from 'node:child_process'
import { constants } from 'node:http2'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { certificate } from './support/certificate.ts'
import { startOrigin } from './support/fixtures.ts'
import { startRaw } from './support/raw-origin.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What a process of its own prints, which must end of itself. */
async function printedBy(script: string): Promise<string> {
  const args = ['--expose-gc', '--input-type=module', '--eval', script]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    timeout: 20_000,
  })
  expect(stderr).toBe('')
  return stdout.trim()
}

const useClient = (options: object, url: string): string => `
  import { Http2Client } from '@wantconn/http2-adapter'
  const client = new Http2Client(${JSON.stringify(options)})
  const { status, stream } = await client.request('${url}')
  await stream.toArray()
`

test.each([false, true])(
  'an idle session does not keep its process alive; over TLS: %s',
  async (tls) => {
    const origin = await startOrigin({ tls })
    const ca = (await certificate()).cert

    const script = useClient({ tls: { ca }, pingIntervalMs: 60_000, hedgeMs: 60_000 }, origin.url)
    const printed = await printedBy(`${script}
      process.on('exit', () => console.log(client.stats().idle))`)

    expect(printed).toBe('1')
  },
)

test('a closed client leaves no session, no stream and no timer', async () => {
  const origin = await startOrigin()
  const script = useClient({ pingIntervalMs: 100 }, origin.url)

  const printed = await printedBy(`${script}
    await client.request('${origin.url}', {}, { timeoutMs: 60_000 }).then(({ stream }) => stream.destroy())
    await client.close()
    const left = () => process.getActiveResourcesInfo().filter((it) => /TCP|Timeout|Immediate/.test(it))
    for (let turn = 0; turn < 1_000 && left().length > 0; turn++) await new Promise(setImmediate)
    const { sessions, streams, open, leases } = client.stats()
    console.log(JSON.stringify([left(), sessions, streams, open, leases]))
  `)

  expect(JSON.parse(printed)).toEqual([[], [], 0, 0, 0])
})

// The body fits into a window: what was never sent, Node 26 keeps with the stream.
test('an answer that is kept when it is over keeps nothing of its request', async () => {
  const origin = await startOrigin()

  const printed = await printedBy(`
    import { once } from 'node:events'
    import { Http2Client } from '@wantconn/http2-adapter'
    const client = new Http2Client()
    const refs = {}
    async function ask() {
      const { signal } = new AbortController()
      const body = Buffer.alloc(1_000)
      const options = { method: 'POST', body, signal, timeoutMs: 60_000 }
      const headers = { 'x-mine': 'yes' }
      const response = await client.request('${origin.url}', headers, options)
      await response.stream.toArray()
      for (const [name, it] of Object.entries({ signal, body, options, headers })) {
        refs[name] = new WeakRef(it)
      }
      return response
    }
    const { stream } = await ask()
    if (!stream.closed) await once(stream, 'close')
    for (let turn = 0; turn < 20; turn++) {
      await new Promise(setImmediate)
      gc()
    }
    console.log(Object.keys(refs).filter((name) => refs[name].deref() !== undefined).join(), stream.rstCode)
    await client.close()
  `)

  expect(printed).toBe('0')
})

test('a request that waits for a session that nobody uses keeps the process alive', async () => {
  const origin = await startRaw({
    onStream(session, id) {
      session.answersPings = false
      setTimeout(() => session.answerPings(), 300)
      if (id === 1) session.reset(id, constants.NGHTTP2_REFUSED_STREAM)
      else session.respond(id, true)
    },
  })

  const printed = await printedBy(`
    ${useClient({ maxPerKey: 1 }, origin.url)}
    console.log(status, client.stats().retries)
  `)

  expect(printed).toBe('200 1')
})

test('a stream that is closed while its body is sent is reset, and its process goes on', async () => {
  const origin = await startOrigin()
  const script = `
    import { Readable } from 'node:stream'
    import { Http2Client } from '@wantconn/http2-adapter'
    const client = new Http2Client()
    const chunks = Array.from({ length: 20 }, () => Buffer.alloc(5_000))
    for (let i = 0; i < 20; i++) {
      const body = Readable.from(chunks, { objectMode: false })
      const { stream } = await client.request('${origin.url}', {}, { method: 'POST', body })
      stream.close()
    }
    const { status, stream } = await client.request('${origin.url}')
    await stream.resume().toArray()
    console.log(status, client.stats().totals.dials)
    client.destroy()
  `

  expect(await printedBy(script)).toBe('200 1')
})
