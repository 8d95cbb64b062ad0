import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Command } from '../../src/protocol.ts'
import { EventStream } from '../../src/server/event-stream.ts'
import { PageServer } from '../../src/server/page-server.ts'
import { Refusal } from '../../src/show/refusal.ts'

async function serve(onCommand: (command: Command) => Promise<void> = async () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'wantconn-page-'))
  writeFileSync(join(folder, 'index.html'), '<title>here</title>')
  const events = new EventStream('boot', () => ({ type: 'snapshot' }) as never)
  const server = new PageServer({ folder, events, onCommand })
  const port = await server.listen(0)
  onTestFinished(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })
  return port
}

interface Asked {
  readonly path?: string
  readonly method?: string
  readonly headers?: http.OutgoingHttpHeaders
  readonly body?: string
}

/** Without `fetch`, which does not let a caller choose its Host or Origin. */
function ask(port: number, { path = '/', method = 'GET', headers = {}, body }: Asked = {}) {
  return new Promise<{ status: number; body: string; headers: http.IncomingHttpHeaders }>(
    (resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, method, headers, agent: false as const }
      const req = http.request(options, async (res) => {
        const text = (await res.toArray()).join('')
        resolve({ status: res.statusCode ?? 0, body: text, headers: res.headers })
      })
      req.on('error', reject).end(body)
    },
  )
}

const json = { 'content-type': 'application/json' }

function command(port: number, body: string, headers: http.OutgoingHttpHeaders = json) {
  return ask(port, { path: '/api/command', method: 'POST', headers, body })
}

test('the page is served, with a policy that lets nothing else in', async () => {
  const port = await serve()

  const { status, body, headers } = await ask(port)

  expect([status, body]).toEqual([200, '<title>here</title>'])
  expect(headers['content-security-policy']).toContain("default-src 'self'")
  expect((await ask(port, { path: '/nothing' })).status).toBe(404)
  expect((await ask(port, { path: '/../package.json' })).status).toBe(404)
})

test('a command is done once it was understood', async () => {
  const done: Command[] = []
  const port = await serve(async (one) => void done.push(one))

  const { status, body } = await command(port, '{"command":"pause"}')

  expect([status, JSON.parse(body)]).toEqual([200, { ok: true }])
  expect(done).toEqual([{ command: 'pause' }])
})

test.each([
  ['makes no sense', '{"command":"visit","url":"nowhere"}', 400, 'url'],
  ['is too long', JSON.stringify({ command: 'x'.repeat(20_000) }), 400, undefined],
  ['is not for now', '{"command":"pause"}', 409, 'fault'],
])('a command that %s is answered with one sentence', async (_, body, status, field) => {
  const port = await serve(async () => {
    throw new Refusal(409, 'Not now.', 'fault')
  })

  const reply = await command(port, body)

  expect(reply.status).toBe(status)
  expect(JSON.parse(reply.body)).toMatchObject({ ok: false, error: expect.any(String) })
  expect(JSON.parse(reply.body).field).toBe(field)
})

test.each([
  ['a name of somebody else that leads here', { host: 'evil.example' }],
  ['another port', { host: '127.0.0.1:1' }],
  ['a page from elsewhere', { origin: 'http://evil.example' }],
  ['a page on another port', { origin: 'http://127.0.0.1:1' }],
  ['a page without an origin', { origin: 'null' }],
])('%s gets nothing and changes nothing', async (_, headers) => {
  const done: Command[] = []
  const port = await serve(async (one) => void done.push(one))

  const replies = await Promise.all([
    ask(port, { headers }),
    ask(port, { path: '/api/stream', headers }),
    command(port, '{"command":"pause"}', { ...json, ...headers }),
  ])

  expect(replies.map(({ status }) => status)).toEqual([403, 403, 403])
  expect(done).toEqual([])
})

test('its own page may, by either name', async () => {
  const port = await serve()

  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const headers = { ...json, host, origin: `http://${host}` }
    expect((await command(port, '{"command":"pause"}', headers)).status).toBe(200)
  }
})

test('a form of another page cannot send a command', async () => {
  const port = await serve()

  const { status } = await command(port, '{"command":"pause"}', { 'content-type': 'text/plain' })

  expect(status).toBe(400)
})

test.each([
  ['/api/command', 'GET', 'POST'],
  ['/api/stream', 'POST', 'GET'],
])('%s does not take %s', async (path, method, allow) => {
  const port = await serve()

  const { status, headers } = await ask(port, { path, method })

  expect([status, headers.allow]).toEqual([405, allow])
})
