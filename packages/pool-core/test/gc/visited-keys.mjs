// A hundred thousand keys, each visited once.

import { Pool } from '../../dist/index.js'
import { heapUsed, PromptAdapter, report } from './harness.mjs'

const KEYS = 100_000
const WARM_UP = 10_000

async function visit(pool, from, to, visitOne) {
  for (let i = from; i < to; i++) await visitOne(pool, `key ${i}`)
  pool.closeIdle()
}

async function run(options, visitOne) {
  const pool = new Pool(new PromptAdapter(), options)
  await visit(pool, 0, WARM_UP, visitOne)
  const before = await heapUsed()
  await visit(pool, WARM_UP, WARM_UP + KEYS, visitOne)
  const growth = (await heapUsed()) - before
  const { open, dialing, waiting, totals } = pool.stats()
  return { entries: [...pool.keys()].length, growth, open, dialing, waiting, got: totals.got }
}

const discard = async (pool, key) => (await pool.acquire(key)).discard()
const release = async (pool, key) => (await pool.acquire(key)).release()
const detach = async (pool, key) => (await pool.acquire(key)).detach()
const cancel = (pool, key) =>
  new Promise((resolve) => pool.want(key, resolve, { timeoutMs: 60_000 }).cancel())

await report({
  discarded: () => run({}, discard),
  idle: () => run({}, release),
  idleInAnyNumber: () => run({ maxIdle: Number.POSITIVE_INFINITY }, release),
  evicted: () => run({ maxTotal: 10, maxLifetimeMs: 60_000 }, release),
  detached: () => run({}, detach),
  canceled: () => run({}, cancel),
  warmed: () => run({}, (pool, key) => pool.warm(key, 1)),
})
