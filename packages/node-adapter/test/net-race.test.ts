import { connect, Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type Candidate, raceToConnect } from '../src/dial/race.ts'
import type { DialAttempt } from '../src/net-dial-error.ts'
import { errorOf } from './support/agent.ts'
import { startTcp, unusedPort } from './support/origin.ts'

const host = '127.0.0.1'

/** An address whose handshake takes as long as the test likes; `Infinity`: one that never answers. */
function slow(address: string, port: number, ms: number) {
  const opened: Socket[] = []
  const open = (): Socket => {
    const socket = new Socket()
    opened.push(socket)
    onTestFinished(() => void socket.destroy())
    if (ms === 0) socket.connect({ host, port })
    else if (ms < Number.POSITIVE_INFINITY) {
      const timer = setTimeout(() => socket.connect({ host, port }), ms)
      socket.once('close', () => clearTimeout(timer))
    }
    return socket
  }
  return { address, open, opened }
}

function race(candidates: Candidate[], attemptDelayMs: number, signal = newSignal()) {
  const attempts: DialAttempt[] = []
  const winner = raceToConnect(candidates, { attemptDelayMs, attempts, signal })
  return { attempts, winner }
}

function newSignal(): AbortSignal {
  return new AbortController().signal
}

test('an address that answers in time has no other beside it', async () => {
  const { port } = await startTcp()
  const [a, b] = [slow('a', port, 20), slow('b', port, 0)]

  const { winner, attempts } = race([a, b], 2_000)

  expect(await winner).toBe(a.opened[0])
  expect(attempts).toEqual([{ address: 'a' }])
})

test('an attempt that is slower than the delay is not given up, and wins as soon as it can', async () => {
  const { port, sockets } = await startTcp()
  const all = ['a', 'b', 'c', 'd'].map((address) => slow(address, port, 400))

  const { winner } = race(all, 250)
  let isTooLate = false
  all[0]?.opened[0]?.once('connect', () => setImmediate(() => (isTooLate = true)))
  const socket = await winner

  expect(socket).toBe(all[0]?.opened[0])
  expect(isTooLate).toBe(false)
  expect(all.map(({ opened }) => opened.length)).toEqual([1, 1, 0, 0])
  expect(all[1]?.opened[0]?.destroyed).toBe(true)
  await expect.poll(() => sockets.size).toBe(1)
})

test('an address that never answers costs one delay', async () => {
  const { port } = await startTcp()
  const [a, b] = [slow('a', port, Number.POSITIVE_INFINITY), slow('b', port, 0)]

  const { winner, attempts } = race([a, b], 50)

  expect(await winner).toBe(b.opened[0])
  expect(a.opened[0]?.destroyed).toBe(true)
  expect(attempts).toEqual([{ address: 'a' }, { address: 'b' }])
})

test('an address that fails is followed by the next at once', async () => {
  const { port } = await startTcp()
  const refused = { address: 'a', open: () => connect({ host, port: 1 }) }
  const b = slow('b', port, 0)

  const { winner, attempts } = race([refused, b], Number.POSITIVE_INFINITY)

  expect(await winner).toBe(b.opened[0])
  expect(attempts).toMatchObject([{ address: 'a', error: { code: 'ECONNREFUSED' } }, {}])
})

test('a failure while another attempt is under way does not end that', async () => {
  const { port } = await startTcp()
  const a = slow('a', port, 150)
  const refused = { address: 'b', open: () => connect({ host, port: 1 }) }

  const { winner, attempts } = race([a, refused], 30)

  expect(await winner).toBe(a.opened[0])
  expect(attempts).toMatchObject([{}, { error: { code: 'ECONNREFUSED' } }])
})

test('when all fail, the error has all of theirs and the code of the first', async () => {
  const port = await unusedPort()
  const refused = { address: 'a', open: () => connect({ host, port }) }
  const impossible = {
    address: 'b',
    open: () => {
      throw Object.assign(new Error('no such family'), { code: 'EAFNOSUPPORT' })
    },
  }

  const error = await errorOf(race([refused, impossible], 250).winner)

  expect(error).toBeInstanceOf(AggregateError)
  expect(error).toMatchObject({
    code: 'ECONNREFUSED',
    errors: [{ code: 'ECONNREFUSED' }, { code: 'EAFNOSUPPORT' }],
  })
})

test('an abort ends all attempts with the reason', async () => {
  const all = ['a', 'b'].map((address) => slow(address, 1, Number.POSITIVE_INFINITY))
  const controller = new AbortController()
  const { winner } = race(all, 10, controller.signal)
  const failed = errorOf(winner)
  await expect.poll(() => all[1]?.opened.length).toBe(1)
  const reason = new Error('no use for it')

  controller.abort(reason)

  expect(await failed).toBe(reason)
  expect(all.map(({ opened }) => opened[0]?.destroyed)).toEqual([true, true])
})

test('an abort before the start opens nothing', async () => {
  const a = slow('a', 1, 0)

  const { winner } = race([a], 10, AbortSignal.abort(new Error('too late')))

  expect(await errorOf(winner)).toMatchObject({ message: 'too late' })
  expect(a.opened).toEqual([])
})

test('an answer that came while the process was busy is heard before the delay is', async () => {
  const { port } = await startTcp()
  const [a, b] = [slow('a', port, 0), slow('b', port, 0)]

  const { winner } = race([a, b], 20)
  // The kernel answers in this time, and nobody in this thread can listen.
  const end = performance.now() + 60
  while (performance.now() < end);

  expect(await winner).toBe(a.opened[0])
  expect(b.opened).toEqual([])
})

test('an error in the moment of the connect is told to whoever has the socket next, and to nobody else', async () => {
  const { port } = await startTcp()
  const a = slow('a', port, 0)
  const error = new Error('gone already')

  const { winner } = race([a], 250)
  a.opened[0]?.once('connect', () => a.opened[0]?.destroy(error))

  expect((await winner).errored).toBe(error)
})

test('nothing of the race stays on the socket that won', async () => {
  const { port } = await startTcp()
  const controller = new AbortController()
  const { winner } = race([slow('a', port, 0)], 10, controller.signal)

  const socket = await winner
  controller.abort()

  expect(socket.destroyed).toBe(false)
  expect(socket.listenerCount('connect')).toBe(0)
})
