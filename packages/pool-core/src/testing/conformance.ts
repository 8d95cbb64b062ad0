import type { Adapter } from '../adapter.ts'
import { checkAdapter, wrongType } from '../options.ts'
import { checkFields, type FieldCheck, whole } from './check-fields.ts'
import {
  type AllCapabilities,
  type Backend,
  type Capabilities,
  defaultCapabilities,
} from './laws/backend.ts'
import { checkBackend } from './laws/check-backend.ts'
import { lawBook } from './laws/law-book.ts'
import { type LawSpec, whyNotApplicable } from './laws/law-spec.ts'
import { Fault, Trial } from './laws/trial.ts'
import { show } from './show.ts'

export interface ConformanceOptions<Target, Conn extends object> {
  /** The adapter's name, with which each law's name begins. */
  readonly name: string
  readonly adapter: Adapter<Target, Conn>
  /** Starts a far side for one law; its `tearDown()` is called when the law is over. */
  setup(): Backend<Target, Conn> | PromiseLike<Backend<Target, Conn>>
  /** What connections of this kind can do and suffer. Laws that it rules out are not applicable. */
  readonly capabilities?: Capabilities | undefined
  /** How long, in whole ms, a law waits for something that should happen. Default 2,000. */
  readonly patienceMs?: number | undefined
  /** How often the laws about leaks repeat what they do. Default 1,000. */
  readonly rounds?: number | undefined
}

/** One law, for any test runner: `test(law.name, law.run)`. */
export interface Law {
  /** Adapter, id and title; and why it is not applicable, if it is not. */
  readonly name: string
  readonly law: {
    /** As in `dial-3`: the anchor of the law in `docs/adapter-authoring.md`. */
    readonly id: string
    readonly family: string
    readonly number: number
    readonly title: string
  }
  /** False: a capability rules it out, and `run` does nothing. A runner may list it as skipped. */
  readonly applicable: boolean
  /** Rejects with a {@link ConformanceError} if the adapter breaks the law. */
  readonly run: () => Promise<void>
}

/** What a law rejects with: which law, what was seen, what to do about it, where to read on. */
export class ConformanceError extends Error {
  /** As in `dial-3`. */
  readonly law: string

  constructor(name: string, { id, title, advice }: LawSpec, seen: string, cause?: unknown) {
    const lines = [
      `${name} breaks ${id}: ${title}.`,
      `Seen: ${seen}.`,
      `What to do: ${advice}`,
      `See docs/adapter-authoring.md#${id}`,
    ]
    super(lines.join('\n'), cause === undefined ? undefined : { cause })
    this.name = 'ConformanceError'
    this.law = id
  }
}

/**
 * The laws of the adapter contract, to be run against an adapter and the real thing behind it.
 *
 * ```ts
 * for (const law of adapterConformance({ name: 'myAdapter', adapter, setup })) {
 *   test(law.name, law.run)
 * }
 * ```
 *
 * Each law is independent of the others and gets a far side of its own from `setup()`. Those that
 * are run at the same time wait for each other, as some count what the process has open.
 *
 * Throws `TypeError` or `RangeError` for options that make no sense. A law's `run` rejects with a
 * {@link ConformanceError} if the adapter breaks the law, with a `TypeError` if what `setup()` gave
 * is no {@link Backend}, and with what `setup()` threw.
 */
export function adapterConformance<Target, Conn extends object>(
  options: ConformanceOptions<Target, Conn>,
): Law[] {
  checkConformanceOptions(options)
  const capabilities = allOf(options.capabilities)
  return lawBook.map((spec) => {
    const whyNot = whyNotApplicable(spec, options.adapter, capabilities)
    const suffix = whyNot === undefined ? '' : ` (not applicable: ${whyNot})`
    return {
      name: `${options.name} ${spec.id}: ${spec.title}${suffix}`,
      law: describe(spec),
      applicable: whyNot === undefined,
      run: whyNot === undefined ? () => inTurn(() => runLaw(spec, options)) : async () => {},
    }
  })
}

const optionChecks: Record<keyof ConformanceOptions<unknown, object>, FieldCheck> = {
  name: (name, value) => {
    if (typeof value !== 'string' || value === '') throw wrongType(name, 'a name', value)
  },
  adapter: (_, value) => checkAdapter(value),
  setup: (name, value) => {
    if (typeof value !== 'function') throw wrongType(name, 'a function', value)
  },
  capabilities: (name, value) => checkFields(name, value, capabilityChecks),
  patienceMs: whole(1),
  rounds: whole(1),
}

const capabilityChecks = Object.fromEntries(
  Object.keys(defaultCapabilities).map((name): [string, FieldCheck] => [name, checkBoolean]),
)

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(name, 'a boolean', value)
}

function checkConformanceOptions(options: object): void {
  checkFields('ConformanceOptions', options, optionChecks)
  for (const name of ['name', 'adapter', 'setup'] as const) {
    const isGiven = (options as Record<string, unknown>)[name] !== undefined
    if (!isGiven) optionChecks[name](`ConformanceOptions.${name}`, undefined)
  }
}

function allOf(given: Capabilities = {}): AllCapabilities {
  const all: Record<keyof Capabilities, boolean> = { ...defaultCapabilities }
  for (const name of Object.keys(all) as (keyof Capabilities)[])
    all[name] = given[name] ?? all[name]
  return all
}

function describe({ id, title }: LawSpec): Law['law'] {
  const [family = '', number] = id.split('-')
  return Object.freeze({ id, family, number: Number(number), title })
}

// Laws count what the process has open, and take over its uncaught errors: one at a time.
let last: Promise<void> = Promise.resolve()

function inTurn(run: () => Promise<void>): Promise<void> {
  const mine = last.then(run)
  last = mine.catch(() => {})
  return mine
}

async function runLaw<Target, Conn extends object>(
  spec: LawSpec,
  options: ConformanceOptions<Target, Conn>,
): Promise<void> {
  const { adapter, name, patienceMs = 2_000, rounds = 1_000 } = options
  const backend = await options.setup()
  await checkBackend(backend)
  const trial = new Trial(adapter, backend, { patienceMs, rounds })
  try {
    await spec.check(trial)
  } catch (error) {
    // What the law has found counts for more than what its end may come upon.
    await trial.end().catch(() => {})
    const seen = error instanceof Fault ? error.message : `it could not be tried: ${show(error)}`
    throw new ConformanceError(name, spec, seen, error instanceof Fault ? error.cause : error)
  }
  await trial.end()
}
