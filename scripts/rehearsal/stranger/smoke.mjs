/**
 * What the core does, in short: hands a connection over to the want that waits for it while its own
 * dial is still under way, keeps the late one, times out, and closes. Runs wherever there are modules.
 */
export async function smoke({ Pool, isPoolError }) {
  const dials = []
  const closed = []
  const adapter = {
    key: (target) => target,
    dial: () => new Promise((finish) => dials.push(finish)),
    close: (conn, reason) => closed.push(`${conn.name} ${reason}`),
  }
  const pool = new Pool(adapter, { maxPerKey: 2 })

  const first = pool.acquire('a')
  dials[0]({ name: 'one' })
  const held = await first
  const second = pool.acquire('a')
  held.release()
  const { conn, reused } = await second
  expect('a released connection beats a dial', conn.name === 'one' && reused)

  dials[1]({ name: 'two' })
  await Promise.resolve()
  expect('a late dial goes idle', pool.stats().idle === 1)

  await using(pool, 'a')
  const error = await pool.acquire('b', { timeoutMs: 5 }).catch((reason) => reason)
  expect('a want times out', isPoolError(error, 'ERR_POOL_WANT_TIMEOUT'))

  const gone = pool.close()
  expect('close waits for the last lease', closed.join() === 'two pool-closed')
  await Promise.race([gone, Promise.resolve()])
  return 'a released connection beats a dial; a late dial goes idle; a want times out'
}

async function using(pool, key) {
  await pool.use(key, (conn) => expect('use lends an idle connection', conn.name === 'two'))
}

function expect(what, isTrue) {
  if (!isTrue) throw new Error(`not so: ${what}`)
}
