import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { scenarios } from '../../src/scenarios.ts'

// What stands beside each scenario is run as whoever copies it would run it, but for the addresses.

/** So many answers show that it does what it is there for. */
const enough = 20
/** Twice a second. */
const enoughForAGuest = 3

const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
  extensions: [{ name: 'subjectAltName', altNames: [{ type: 2 as const, value: 'localhost' }] }],
})
let folder = ''
let onRequest: () => void = () => {}
const answer = (_: unknown, res: { end(body: string): unknown }) => {
  onRequest()
  res.end('hello')
}
const servers = {
  plain: Array.from({ length: 4 }, () => createServer(answer)),
  secure: createSecureServer({ key, cert, allowHTTP1: true }, answer),
}

beforeAll(async () => {
  folder = await mkdtemp(fileURLToPath(new URL('../code-', import.meta.url)))
  await writeFile(`${folder}/ca.pem`, cert)
  const all: Server[] = [...servers.plain, servers.secure]
  await Promise.all(all.map((server) => once(server.listen(0, 'localhost'), 'listening')))
})

afterAll(async () => {
  for (const server of [...servers.plain, servers.secure]) server.close()
  await rm(folder, { recursive: true })
})

const portOf = (server: Server) => (server.address() as AddressInfo).port

/** The addresses are those of servers of this test. */
function here(code: string): string {
  const ports = servers.plain.map(portOf)
  return code
    .replace('3001, 3002, 3003, 3004', ports.join(', '))
    .replace('localhost:3000', `localhost:${ports[0]}`)
    .replace('localhost:3443', `localhost:${portOf(servers.secure)}`)
}

test.each(scenarios.map(({ id, code }) => [id, code] as const))(
  'the code of %s runs and is answered',
  async (id, code) => {
    const file = `${folder}/${id}.mjs`
    await writeFile(file, here(code))
    const wanted = id === 'your-server' ? enoughForAGuest : enough
    let requests = 0
    const answered = new Promise<void>((resolve) => {
      onRequest = () => {
        requests++
        if (requests === wanted) resolve()
      }
    })

    const url = `http://localhost:${portOf(servers.plain[0]!)}/`
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: `${folder}/ca.pem` }
    const child = spawn(process.execPath, [file, url], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    onTestFinished(() => void child.kill())
    let complaints = ''
    child.stderr.on('data', (chunk) => (complaints += chunk))
    const ended = once(child, 'exit').then(([exitCode]) => expect(exitCode).toBe(0))

    await Promise.race([answered, ended])
    expect(complaints).toBe('')
    expect(requests).toBeGreaterThanOrEqual(wanted)
  },
)
