import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { IdleWatch } from '../src/idle-watch.ts'
import { unusedPort } from './support/origin.ts'

test('a socket that had ended before it was watched is reported at once, with its error', async () => {
  const socket = connect({ host: '127.0.0.1', port: await unusedPort() })
  const [error] = await once(socket, 'error')
  const reports: unknown[] = []
  const link = {
    signal: new AbortController().signal,
    closed: (why?: Error) => void reports.push(why),
    drain() {},
    setCapacity() {},
  }

  new IdleWatch(socket, link)

  expect(reports).toEqual([error])
})
