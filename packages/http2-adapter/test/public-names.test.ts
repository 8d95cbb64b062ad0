import { expect, test } from 'vitest'
import * as front from '../src/index.ts'

test('these are the names that others may use', () => {
  expect(Object.keys(front).sort()).toEqual([
    'Http2Client',
    'Http2Error',
    'http2Adapter',
    'negotiatedAdapter',
    'suspect',
  ])
})
