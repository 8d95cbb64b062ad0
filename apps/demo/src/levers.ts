import type { Protocol } from './protocol.ts'

/** The shape of the traffic. In the last two, bursts are the same and single dials are slow. */
export type Shape = 'steady' | 'bursts' | 'one-slow-dial' | 'jitter'

/** What can be set. Durations in ms; a limit of 0 is no limit. */
export interface LeverValues {
  readonly shape: Shape
  /** Requests a second, where the shape is steady. */
  readonly perSecond: number
  readonly dialDelayMs: number
  readonly workMs: number
  readonly protocol: Protocol
  readonly maxPerKey: number
  readonly maxTotal: number
  /** Only ours has such a limit. */
  readonly maxWaiting: number
  /** Streams that an HTTP/2 origin takes at once on a session. */
  readonly maxStreams: number
  /** Hosts that the requests go to, in turn. */
  readonly hosts: number
}

export type LeverName = keyof LeverValues

interface CommonLever {
  readonly name: LeverName
  readonly label: string
  /** A new run, as connections and pools have to begin anew. */
  readonly restarts: boolean
}

export interface ChoiceLever extends CommonLever {
  readonly kind: 'choice'
  readonly choices: readonly { readonly value: string; readonly label: string }[]
}

export interface NumberLever extends CommonLever {
  readonly kind: 'number'
  readonly min: number
  readonly max: number
  readonly step: number
  /** `ms`, `/s` or nothing. */
  readonly unit: string
  /** What 0 is called, where it is not a number of something. */
  readonly zero?: string
}

export type Lever = ChoiceLever | NumberLever

export const levers: readonly Lever[] = [
  {
    name: 'shape',
    label: 'Traffic',
    kind: 'choice',
    restarts: false,
    choices: [
      { value: 'steady', label: 'steady' },
      { value: 'bursts', label: 'bursts' },
      { value: 'one-slow-dial', label: 'bursts, one slow dial' },
      { value: 'jitter', label: 'bursts, 8 % of dials 300 ms, 2 % 1 s' },
    ],
  },
  number('perSecond', 'Requests', 1, 700, 1, '/s'),
  number('dialDelayMs', 'Dial delay', 0, 2_000, 10, 'ms'),
  number('workMs', 'Work time', 0, 2_000, 5, 'ms'),
  {
    name: 'protocol',
    label: 'Protocol',
    kind: 'choice',
    restarts: true,
    choices: [
      { value: 'http/1.1', label: 'HTTP/1.1' },
      { value: 'https', label: 'HTTPS' },
      { value: 'h2', label: 'HTTP/2' },
    ],
  },
  limit('maxPerKey', 'Connections for a host', 600),
  limit('maxTotal', 'Connections in all', 600),
  limit('maxWaiting', 'Length of the line (ours)', 1_000),
  { ...number('maxStreams', 'Streams for a session', 1, 200, 1, ''), restarts: false },
  { ...number('hosts', 'Hosts', 1, 6, 1, ''), restarts: true },
]

export const defaultLevers: LeverValues = {
  shape: 'bursts',
  perSecond: 60,
  dialDelayMs: 200,
  workMs: 5,
  protocol: 'http/1.1',
  maxPerKey: 0,
  maxTotal: 0,
  maxWaiting: 0,
  maxStreams: 100,
  hosts: 1,
}

export function leverOf(name: string): Lever | undefined {
  return levers.find((lever) => lever.name === name)
}

/** What is wrong with a lever's value, in one sentence; `undefined`: nothing. */
export function whyNot(lever: Lever, value: unknown): string | undefined {
  if (lever.kind === 'choice') {
    const values = lever.choices.map((choice) => choice.value)
    if (values.includes(value as string)) return undefined
    return `${lever.name} must be one of ${values.join(', ')}`
  }
  const { name, min, max } = lever
  const isIt = Number.isInteger(value) && (value as number) >= min && (value as number) <= max
  return isIt ? undefined : `${name} must be a whole number from ${min} to ${max}`
}

function number(
  name: LeverName,
  label: string,
  min: number,
  max: number,
  step: number,
  unit: string,
): NumberLever {
  return { name, label, kind: 'number', restarts: false, min, max, step, unit }
}

function limit(name: LeverName, label: string, max: number): NumberLever {
  return { ...number(name, label, 0, max, 1, ''), restarts: true, zero: 'no limit' }
}
