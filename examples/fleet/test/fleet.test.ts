import { execFile, execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const flags = ['--processes', '4', '--max-per-process', '5', '--max-upstream', '3', '--bursts', '3']

/** Undefined if HAProxy is there, else how to get it. */
function missing(): string | undefined {
  try {
    execFileSync('haproxy', ['-v'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    const how = 'haproxy is not installed: apt-get install haproxy'
    if (process.env['WANTCONN_REQUIRE'] === 'all') throw new Error(how, { cause: error })
    return how
  }
}

test('four processes share three connections, each over one session, and every request is answered', async (t) => {
  const how = missing()
  t.skip(how !== undefined, how)

  const { stdout } = await promisify(execFile)(process.execPath, [main, ...flags, '--json'])

  const [straight, shared] = JSON.parse(stdout).results
  expect(straight).toMatchObject({ requests: 120, failed: 0 })
  expect(straight.peak).toBeGreaterThan(3)
  expect(shared).toMatchObject({ requests: 120, failed: 0, dials: 4 })
  expect(shared.peak).toBeLessThanOrEqual(3)
})

test('a wrong flag ends with one clear line and exit code 1', async () => {
  const failed = promisify(execFile)(process.execPath, [main, '--processes', '0'])

  await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/above 0/) })
})
