import { expect, test } from 'vitest'
import { runChild } from './child.ts'

test('158, 159, 160, 161, 164: a settled want that is kept for ever keeps nothing alive', {
  timeout: 120_000,
}, async () => {
  const left = await runChild<Record<string, string[]>>('kept-wants.mjs')

  expect(left).toEqual({
    got: [],
    failed: [],
    canceled: [],
    aborted: [],
    timedOut: [],
    closed: [],
    destroyed: [],
    'got at once': [],
    'aborted before': [],
    'refused by a full line': [],
    'refused by a closed pool': [],
    'served by another while its dial hangs': [],
    'canceled in the middle of a line': [],
    'promise dropped': [],
  })
})
