import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorOf, get, newAgent, newHttpsAgent, send } from '../support/agent.ts'
import { startHttpsOrigin } from '../support/https-origin.ts'
import { startOrigin, unusedPort } from '../support/origin.ts'
import { isMissing, startDaemon } from './daemon.ts'

interface Account {
  readonly user: string
  readonly password: string
}

interface Kind {
  readonly program: string
  readonly scheme: string
  /** Starts one on loopback, open to all or to one account. */
  start(port: number, account?: Account): Promise<void>
}

const tinyproxy: Kind = {
  program: 'tinyproxy',
  scheme: 'http',
  async start(port, account) {
    const dir = mkdtempSync(join(tmpdir(), 'wantconn-tinyproxy-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    const file = join(dir, 'tinyproxy.conf')
    const auth = account ? `BasicAuth ${account.user} ${account.password}\n` : ''
    const limits = 'Timeout 60\nMaxClients 100\nLogLevel Critical\n'
    writeFileSync(file, `Port ${port}\nListen 127.0.0.1\nAllow 127.0.0.1\n${limits}${auth}`)
    await startDaemon('tinyproxy', ['-d', '-c', file], port)
  },
}

const microsocks: Kind = {
  program: 'microsocks',
  scheme: 'socks5',
  async start(port, account) {
    const auth = account ? ['-u', account.user, '-P', account.password] : []
    await startDaemon('microsocks', ['-i', '127.0.0.1', '-p', String(port), ...auth], port)
  },
}

const me = { user: 'me', password: 'hush' }

for (const { program, scheme, start } of [tinyproxy, microsocks]) {
  const missing = isMissing(program, program)

  describe.skipIf(missing)(`${program}${missing ? ` (${missing})` : ''}`, () => {
    test.each(['http', 'https'] as const)(
      '%s: requests of many clients share tunnels',
      async (to) => {
        const { agent, origin, port } = await proxied(to)

        const all = Array.from({ length: 40 }, () => get(agent, origin.port))
        for (const { body } of await Promise.all(all)) expect(body).toBe('ok')

        const { opened, got } = agent.pool.stats().totals
        expect(got).toBe(40)
        expect(opened).toBeLessThanOrEqual(4)
        expect([...agent.pool.keys()].join()).toContain(`127.0.0.1:${port}`)
      },
    )

    test('user and password are told, and stand in no key', async () => {
      const { agent, origin } = await proxied('https', me)

      expect((await get(agent, origin.port)).body).toBe('ok')

      expect([...agent.pool.keys()].join()).not.toContain(me.password)
    })

    test('a wrong password fails the request', async () => {
      const { agent, origin } = await proxied('https', me, { ...me, password: 'guessed' })

      const error = await errorOf(get(agent, origin.port))

      expect(error.code).toMatch(/ERR_PROXY_TUNNEL|ECONNRESET/)
      expect(error.message).not.toContain('guessed')
      expect(agent.pool.stats()).toMatchObject({ open: 0, dialing: 0 })
    })

    test('a target that refuses fails the request', async () => {
      const { agent } = await proxied('https')

      expect(await errorOf(get(agent, await unusedPort()))).toMatchObject({
        code: 'ERR_PROXY_TUNNEL',
      })
    })

    test('a request destroyed while its tunnel is dug leaves nothing', async () => {
      const { agent, origin } = await proxied('https')

      for (let turns = 0; turns < 20; turns++) {
        const { req, reply } = send(agent, origin.port)
        for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
        req.destroy()
        await reply.catch(() => {})
        agent.destroy()
      }

      await expect.poll(() => agent.pool.stats()).toMatchObject({ open: 0, dialing: 0 })
      await expect.poll(() => origin.sockets.size).toBe(0)
    })
  })

  async function proxied(to: 'http' | 'https', account?: Account, given = account) {
    const origin = await (to === 'http' ? startOrigin : startHttpsOrigin)((_, res) => res.end('ok'))
    const port = await unusedPort()
    await start(port, account)
    const credentials = given ? `${given.user}:${given.password}@` : ''
    const proxy = `${scheme}://${credentials}127.0.0.1:${port}`
    const options = { proxy, maxSockets: 4 }
    const agent = await (to === 'http' ? newAgent(options) : newHttpsAgent(options))
    return { agent, origin, port }
  }
}
