import { lookup } from 'node:dns'
import { once } from 'node:events'
import { Pool } from '@wantconn/pool-core'
import { expect, onTestFinished, test } from 'vitest'
import { HttpAgent, HttpsAgent } from '../src/agent/index.ts'
import { netAdapter } from '../src/index.ts'
import { errorOf, get, newAgent, newHttpsAgent } from './support/agent.ts'
import { startHttpsOrigin } from './support/https-origin.ts'
import { startOrigin, startTcp, unusedPort } from './support/origin.ts'
import { startHttpProxy, startSocksProxy } from './support/proxies.ts'
import { certificate } from './support/tls-origin.ts'

test('proxy: https goes through one tunnel, kept alive', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const proxy = await startHttpProxy({ auth: 'me:secret' })
  const agent = await newHttpsAgent({ proxy: `http://me:secret@127.0.0.1:${proxy.port}` })

  for (let i = 0; i < 3; i++) expect((await get(agent, origin.port)).body).toBe('ok')

  expect(proxy.asked).toEqual([{ authority: `127.0.0.1:${origin.port}`, auth: 'me:secret' }])
  expect([...agent.pool.keys()].join()).not.toContain('secret')
})

test('proxy: http goes through a tunnel too, also of SOCKS5', async () => {
  const origin = await startOrigin((req, res) => res.end(req.url))
  const proxy = await startSocksProxy()
  const agent = newAgent({ proxy: `socks5://127.0.0.1:${proxy.port}` })

  expect((await get(agent, origin.port, { path: '/x' })).body).toBe('/x')

  expect(proxy.asked).toEqual([`127.0.0.1:${origin.port}`])
})

test.each<[string, object]>([
  ['a lookup', { lookup }],
  ['hints', { hints: 0 }],
  ['another family', { family: 'IPv4' }],
  ['autoSelectFamily', { autoSelectFamily: false }],
  ['highWaterMark', { highWaterMark: 65_536 }],
  ['allowHalfOpen', { allowHalfOpen: true }],
])('proxy: a request with %s of its own does not go past it', async (_, options) => {
  const origin = await startHttpsOrigin((__, res) => res.end('ok'))
  const proxy = await startHttpProxy()
  const agent = await newHttpsAgent({ proxy: `http://127.0.0.1:${proxy.port}` })

  expect((await get(agent, origin.port, options)).body).toBe('ok')
  expect((await get(agent, origin.port)).body).toBe('ok')

  expect(proxy.asked).toMatchObject([{ authority: `127.0.0.1:${origin.port}` }])
  expect(agent.pool.stats().totals.dials).toBe(1)
})

test('proxy: neither does what an agent has, or who listens to its keys; also by a shared pool', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const proxy = await startHttpProxy()
  const url = `http://127.0.0.1:${proxy.port}`
  const pool = new Pool(netAdapter({ proxy: url }))
  onTestFinished(() => pool.destroy())
  const agents = [
    await newHttpsAgent({ proxy: url, highWaterMark: 65_536 } as never),
    await newHttpsAgent({ proxyEnv: { https_proxy: url } }),
    await newHttpsAgent({ pool }),
  ]

  for (const agent of agents) {
    agent.on('keylog', () => {})
    expect((await get(agent, origin.port, { lookup })).body).toBe('ok')
  }

  expect(proxy.asked).toHaveLength(3)
})

test('a proxy that refuses fails the request with ERR_PROXY_TUNNEL', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const proxy = await startHttpProxy({ auth: 'me:secret' })
  const agent = await newHttpsAgent({ proxy: `http://me:wrong@127.0.0.1:${proxy.port}` })

  const error = await errorOf(get(agent, origin.port))

  expect(error).toMatchObject({ code: 'ERR_PROXY_TUNNEL' })
  expect(error.message).not.toContain('wrong')
  expect(agent.pool.stats()).toMatchObject({ open: 0, dialing: 0 })
})

test('a proxy that speaks no HTTP is told of as the proxy, not as the server', async () => {
  const proxy = await startTcp((socket) => socket.end('220 ready\r\n'))
  const agent = newAgent({ proxy: `http://127.0.0.1:${proxy.port}` })

  const error = await errorOf(get(agent, 80, { host: 'origin.test' }))

  expect(error).toMatchObject({ phase: 'proxy', code: 'HPE_INVALID_CONSTANT' })
  expect(error.message).toContain(`tcp origin.test:80 via http://127.0.0.1:${proxy.port}`)
})

test('proxyEnv: https by https_proxy, except what no_proxy lists', async () => {
  const origin = await startHttpsOrigin((_, res) => res.end('ok'))
  const proxy = await startHttpProxy()
  const env = { https_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: 'localhost' }
  const agent = await newHttpsAgent({ proxyEnv: env })

  await get(agent, origin.port)
  await get(agent, origin.port, { host: 'localhost' })

  expect(proxy.asked).toMatchObject([{ authority: `127.0.0.1:${origin.port}` }])
  expect(agent.options).toMatchObject({ proxyEnv: env })
})

test('proxyEnv: http by http_proxy, in the form that this version of Node has for it', async () => {
  const origin = await startOrigin((_, res) => res.end('ok'))
  const proxy = await startHttpProxy()
  const asked = once(proxy.server, 'request').then(([req]) => req.url)
  const tunneled = once(proxy.server, 'connect').then(([req]) => req.url)
  const env = { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: 'localhost' }
  const agent = newAgent({ proxyEnv: env })

  for (let i = 0; i < 2; i++)
    expect((await get(agent, origin.port, { path: '/x' })).body).toBe('ok')
  const target = await Promise.race([asked, tunneled])
  await get(agent, origin.port, { host: 'localhost' })

  const authority = `127.0.0.1:${origin.port}`
  expect([authority, `http://${authority}/x`]).toContain(target)
  expect(agent.pool.stats().totals).toMatchObject({ dials: 2, got: 3 })
})

test('the proxy of a shared pool is the proxy of its agents', async () => {
  const secure = await startHttpsOrigin((_, res) => res.end('secure'))
  const plain = await startOrigin((_, res) => res.end('plain'))
  const proxy = await startHttpProxy()
  const pool = new Pool(netAdapter({ proxy: `http://127.0.0.1:${proxy.port}` }))
  onTestFinished(() => pool.destroy())

  const { cert } = await certificate()
  await get(new HttpsAgent({ pool, ca: cert }), secure.port)
  await get(new HttpAgent({ pool }), plain.port)

  expect(proxy.asked).toHaveLength(2)
})

test('a proxy that is down fails the request with the code of the system', async () => {
  const agent = await newHttpsAgent({ proxy: `http://127.0.0.1:${await unusedPort()}` })

  expect(await errorOf(get(agent, 443))).toMatchObject({ code: 'ECONNREFUSED' })
})
