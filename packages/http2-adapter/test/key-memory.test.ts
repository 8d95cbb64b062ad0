import { expect, test } from 'vitest'
import { KeyMemory } from '../src/key-memory.ts'

test('a thousand keys are remembered, and the one that told longest ago is forgotten first', () => {
  const memory = new KeyMemory<number>()
  for (let key = 1; key <= 1_000; key++) memory.set(`${key}`, key)

  memory.set('1', 1)
  memory.set('1001', 1_001)

  expect(memory.size).toBe(1_000)
  expect(memory.get('1')).toBe(1)
  expect(memory.get('2')).toBe(undefined)
})
