import { expect, test } from 'vitest'
import { parseHeaders } from '../../src/undici/parse-headers.ts'

const raw = (...words: string[]) => words.map((word) => Buffer.from(word, 'latin1'))

test('each response has the values that it came with, whatever the last one had', () => {
  for (const type of ['text/plain', 'text/plain', 'text/html', '', 'text/htmL', 'text/plain']) {
    expect(parseHeaders(raw('Content-Type', type, 'Age', '1'))).toEqual({
      'content-type': type,
      age: '1',
    })
  }
})

test('names are told apart that are as long and nearly the same', () => {
  expect(parseHeaders(raw('Server', 'a', 'Serves', 'b', 'DATE', 'c', 'daté', 'd'))).toEqual({
    server: 'a',
    serves: 'b',
    date: 'c',
    daté: 'd',
  })
})

test('what comes more than once is a list, with what is the same twice in it twice', () => {
  const twice = raw('Via', 'a', 'Set-Cookie', 'x=1', 'via', 'a', 'set-cookie', 'x=1')
  for (let i = 0; i < 2; i++) {
    expect(parseHeaders(twice)).toEqual({ via: ['a', 'a'], 'set-cookie': ['x=1', 'x=1'] })
  }
})

test('names and values in any form that undici brings them in', () => {
  const value = Buffer.from('é', 'latin1')
  expect(parseHeaders(['Server', 'text', 'VARY', value, 'X-Own', [value, 'b']])).toEqual({
    server: 'text',
    vary: 'é',
    'x-own': ['é', 'b'],
  })
})

test('what every object inherits is a name like any other', () => {
  const names = raw('__proto__', 'a', 'constructor', 'b', 'toString', 'c', '__proto__', 'd')
  const headers = parseHeaders(names)
  expect(Object.entries(headers)).toEqual([
    ['__proto__', ['a', 'd']],
    ['constructor', 'b'],
    ['tostring', 'c'],
  ])
  expect(Object.getPrototypeOf(headers)).toBe(Object.prototype)
})
