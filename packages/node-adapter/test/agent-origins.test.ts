import { Agent } from 'node:http'
import { expect, test } from 'vitest'
import type { AgentFace, NodeMethods } from '../src/agent/agent-face.ts'
import { HttpAgent } from '../src/agent/index.ts'
import type { AgentRequest } from '../src/agent/node-http.ts'
import { Origins } from '../src/agent/origins.ts'

const noRequest = {} as AgentRequest

function newOrigins(): Origins {
  const agent = new HttpAgent() as unknown as AgentFace
  return new Origins(agent, Agent.prototype as unknown as NodeMethods, false)
}

test('requests to one origin find one object, whatever has been asked in between', () => {
  const origins = newOrigins()
  const first = origins.of(noRequest, { host: 'a', port: 1 })
  const other = origins.of(noRequest, { host: 'a', port: 2 })

  expect(origins.of(noRequest, { host: 'a', port: '1' })).toBe(first)
  expect(other).not.toBe(first)
})

test('only so many origins are remembered: the oldest is composed anew', () => {
  const origins = newOrigins()
  const of = (port: number) => origins.of(noRequest, { host: 'a', port })
  const first = of(1)
  const last = Array.from({ length: 4_096 }, (_, i) => of(i + 2)).at(-1)

  expect(of(1)).not.toBe(first)
  expect(of(4_097)).toBe(last)
})
