import type { Command, Fault } from '../protocol.ts'
import { Refusal } from '../show/refusal.ts'

const faultNames: readonly Fault[] = ['reset', 'goaway', 'drop', 'heal', 'stop', 'start', 'fill']

/** More at once is not for the eye any more. */
const maxSteps = 1_000

type Fields = Record<string, unknown>
type Reader = (fields: Fields) => Command

const readers: Record<Command['command'], Reader> = {
  pick: (fields) => ({
    command: 'pick',
    scenario: text(fields, 'scenario') as never,
    levers: record(fields, 'levers'),
  }),
  restart: () => ({ command: 'restart' }),
  lever: (fields) => ({ command: 'lever', levers: record(fields, 'levers') }),
  fault: (fields) => ({ command: 'fault', fault: fault(text(fields, 'fault')) }),
  pause: () => ({ command: 'pause' }),
  resume: () => ({ command: 'resume' }),
  step: (fields) => ({ command: 'step', count: whole(fields, 'count', 1, maxSteps, 1) }),
  replay: (fields) => ({
    command: 'replay',
    from: within(fields, 'from', 0, Number.MAX_SAFE_INTEGER, 0),
    speed: within(fields, 'speed', 0.1, 10, 1),
  }),
  visit: (fields) => ({
    command: 'visit',
    url: address(text(fields, 'url')),
    perSecond: whole(fields, 'perSecond', 1, 5, 2),
  }),
}

/** What somebody asks for. Throws a `Refusal` that says what makes no sense. */
export function readCommand(body: string): Command {
  const fields = object(parse(body))
  const name = text(fields, 'command')
  if (!Object.hasOwn(readers, name)) {
    throw new Refusal(400, `There is no command ${name}.`, 'command')
  }
  return readers[name as Command['command']](fields)
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new Refusal(400, 'A command is JSON.')
  }
}

function object(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new Refusal(400, 'A command is a JSON object.')
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value === 'string' && value !== '') return value
  throw new Refusal(400, `${name} must be a text.`, name)
}

function record(fields: Fields, name: string): Record<string, never> {
  const value = fields[name] ?? {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, never>
  throw new Refusal(400, `${name} must be an object.`, name)
}

function fault(name: string): Fault {
  const known = faultNames.find((one) => one === name)
  if (known === undefined) throw new Refusal(400, `There is no fault ${name}.`, 'fault')
  return known
}

function whole(fields: Fields, name: string, min: number, max: number, otherwise: number): number {
  const value = within(fields, name, min, max, otherwise)
  if (Number.isInteger(value)) return value
  throw new Refusal(400, `${name} must be a whole number.`, name)
}

function within(fields: Fields, name: string, min: number, max: number, otherwise: number): number {
  const value = fields[name] ?? otherwise
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw new Refusal(400, `${name} must be a number from ${min} to ${max}.`, name)
}

function address(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined) {
    throw new Refusal(400, 'That is no URL; one looks like http://localhost:3000/.', 'url')
  }
  if (url.protocol === 'http:' || url.protocol === 'https:') return url.href
  throw new Refusal(400, `A URL must begin with http:// or https://, not ${url.protocol}`, 'url')
}
