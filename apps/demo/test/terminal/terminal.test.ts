import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(...args: string[]) {
  const child = spawn(process.execPath, [main, '--terminal', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  const ended = once(child, 'close').then(([code]): Ended => ({ code, stdout, stderr }))
  return { child, ended }
}

const run = (...args: string[]): Promise<Ended> => start(...args).ended

test('--json prints the figures of all three, and nothing else', async () => {
  const { code, stdout, stderr } = await run('--bursts', '2', '--requests', '12', '--json')

  expect([code, stderr]).toEqual([0, ''])
  const { setup, results, summary } = JSON.parse(stdout)
  expect(setup).toMatchObject({ url: null, dialDelayMs: 200, workMs: 5, bursts: [1, 11] })
  expect(results.map(({ name }: { name: string }) => name)).toEqual([
    'http.Agent',
    'undici Pool',
    'wantconn HttpAgent',
  ])
  for (const result of results) {
    expect(result).toMatchObject({ requests: 12, errors: 0 })
    expect(result.max).toBeGreaterThanOrEqual(200)
    expect(result.dials).toBeGreaterThanOrEqual(11)
  }
  expect(summary).toMatch(/^90 of 100 requests were done within/)
})

test('--url uses the server given, without slow dials', async () => {
  const hosts = new Set<string | undefined>()
  const server = createServer((req, res) => {
    hosts.add(req.headers.host)
    res.end('mine')
  })
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  const { code, stdout } = await run(
    '--url',
    `http://${host}/path`,
    '--bursts',
    '1',
    '--requests',
    '3',
  )
  const slow = await run(
    '--url',
    `http://${host}/`,
    '--dial-delay',
    '100',
    '--bursts',
    '1',
    '--json',
  )

  expect([code, slow.code]).toEqual([0, 0])
  expect(stdout).toContain('wantconn HttpAgent')
  expect(stdout).not.toContain('\u001b')
  expect(JSON.parse(slow.stdout).results[0].p50).toBeGreaterThanOrEqual(100)
  expect(hosts).toEqual(new Set([host]))
})

test.each([
  ['a wrong flag', ['--burst', '3'], /unknown option '--burst'/],
  ['an argument', ['http://localhost/'], /too many arguments/],
  ['a bad URL', ['--url', 'localhost'], /--url.*localhost/],
  ['a scheme that is not supported', ['--url', 'https://localhost/'], /must begin with http:/],
  ['a bad number', ['--bursts', '0'], /--bursts.*0.*from 1 to 1000/],
  ['too few requests', ['--requests', '3', '--bursts', '9'], /--requests 3/],
  ['a refused connection', ['--url', 'http://127.0.0.1:1/'], /cannot reach.*ECONNREFUSED/],
])('%s ends with one clear line and exit code 1', async (_, args, message) => {
  const { code, stdout, stderr } = await run(...args)

  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toMatch(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('--help tells what there is', async () => {
  const { code, stdout } = await run('--help')

  expect(code).toBe(0)
  for (const flag of ['--url', '--requests', '--bursts', '--dial-delay', '--json']) {
    expect(stdout).toContain(flag)
  }
})

test('Ctrl-C ends it at once, without a word', async () => {
  const { child, ended } = start('--bursts', '1000')
  await once(child.stdout, 'data')

  child.kill('SIGINT')

  expect(await ended).toMatchObject({ code: 130, stderr: '' })
})
