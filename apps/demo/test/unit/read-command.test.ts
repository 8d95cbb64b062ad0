import { expect, test } from 'vitest'
import { readCommand } from '../../src/server/read-command.ts'
import { Refusal } from '../../src/show/refusal.ts'

function refusalOf(body: string): Refusal {
  try {
    readCommand(body)
  } catch (error) {
    expect(error).toBeInstanceOf(Refusal)
    return error as Refusal
  }
  throw new Error(`${body} was not refused`)
}

test('what is not given has its default', () => {
  expect(readCommand('{"command":"step"}')).toEqual({ command: 'step', count: 1 })
  expect(readCommand('{"command":"replay"}')).toEqual({ command: 'replay', from: 0, speed: 1 })
  expect(readCommand('{"command":"visit","url":"http://localhost:3000"}')).toEqual({
    command: 'visit',
    url: 'http://localhost:3000/',
    perSecond: 2,
  })
})

test('fields that a command does not have are left out', () => {
  expect(readCommand('{"command":"pause","url":"http://x/"}')).toEqual({ command: 'pause' })
})

test.each([
  ['no JSON', '{', undefined],
  ['no object', '[]', undefined],
  ['null', 'null', undefined],
  ['no command', '{}', 'command'],
  ['an unknown command', '{"command":"explode"}', 'command'],
  ['a name of every object', '{"command":"constructor"}', 'command'],
  ['an unknown fault', '{"command":"fault","fault":"fire"}', 'fault'],
  ['levers that are none', '{"command":"lever","levers":[1]}', 'levers'],
  ['half a step', '{"command":"step","count":1.5}', 'count'],
  ['too many steps', '{"command":"step","count":100000}', 'count'],
  ['a speed of nothing', '{"command":"replay","speed":0}', 'speed'],
  ['too many requests', '{"command":"visit","url":"http://x/","perSecond":500}', 'perSecond'],
  ['a URL that is none', '{"command":"visit","url":"localhost"}', 'url'],
  ['another scheme', '{"command":"visit","url":"ftp://localhost/"}', 'url'],
  ['a script', '{"command":"visit","url":"javascript:alert(1)"}', 'url'],
  ['a file', '{"command":"visit","url":"file:///etc/passwd"}', 'url'],
])('%s is refused, with what is wrong', (_, body, field) => {
  expect(refusalOf(body)).toMatchObject({ status: 400, field })
})
