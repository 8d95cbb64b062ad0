import type { PoolOptions } from '../../options.ts'
import type { Outcome } from './life.ts'
import { rehearse } from './rehearse.ts'
import type { Setting, Stage } from './stage.ts'
import type { DeedOf, Step } from './step.ts'

/** A failure as a play of `PoolTester` that fails in the same way. */
export async function printPlay(outcome: Outcome): Promise<string> {
  const { setting, script, fault } = outcome
  // A tester hands out dials after a turn; between turns they are taken from its adapter.
  const hasTurns = script.every(({ turn }) => turn)
  const scribe = new Scribe(setting, hasTurns)
  await rehearse(outcome, (step, subject, stage) => scribe.write(step, subject, stage))
  const { message, proof } = fault ?? { message: 'nothing' }
  const lines = [...scribe.lines, '', `// then ${message}`]
  if (proof !== undefined) lines.push(`if (${proof}) throw new Error(${quote(message)})`)
  return `${withoutUnused(lines).join('\n')}\n`
}

/** Names only what the play needs. */
function withoutUnused(lines: readonly string[]): string[] {
  const isNeeded = (name: string): boolean =>
    lines.filter((line) => new RegExp(`\\b${name}\\b`).test(line)).length > 1
  return lines.flatMap((line) => {
    const [, name, what] = /^const (\w+) = (.*)$/.exec(line) ?? []
    if (name === undefined || what === undefined || isNeeded(name)) return [line]
    return what.startsWith('t.adapter.dials[') ? [] : [what]
  })
}

class Scribe {
  readonly lines: string[]
  readonly #draws: boolean
  /** Whose lease a play has in a variable of its own. */
  readonly #ownLease = new Set<number>()
  readonly #finished = new Set<number>()
  /** What links were told before their dials ended. */
  readonly #told = new Map<number, number>()
  readonly #hasTurns: boolean
  #dials = 0

  constructor({ options, expected }: Setting, hasTurns: boolean) {
    this.#hasTurns = hasTurns
    this.#draws = options.maxLifetimeMs !== undefined
    const imports = expected === 1 ? 'PoolTester' : 'FakeAdapter, PoolTester'
    this.lines = [`import { ${imports} } from '@wantconn/pool-core/testing'`, '']
    if (this.#draws) this.lines.push('let share = 0')
    const told = showOptions(options, this.#draws)
    if (expected === 1) this.lines.push(`const t = new PoolTester(${told})`)
    else {
      this.lines.push('const adapter = new FakeAdapter()', `adapter.capacity = ${expected}`)
      this.lines.push(`const t = new PoolTester(${told === '' ? '{}' : told}, adapter)`)
    }
  }

  /** One step, and the dials that begin with it. */
  write(step: Step, subject: number, stage: Stage): void {
    this.lines.push(...this.#linesOf(step, subject))
    const begun = stage.adapter.keysDialed.slice(this.#dials)
    // wantDial() makes a turn itself.
    if (!this.#hasTurns || begun.length === 0) {
      this.lines.push(step.turn ? 'await t.turn()' : 't.check()')
    }
    for (const key of begun) {
      const dial = this.#hasTurns
        ? `await t.wantDial(${quote(key)})`
        : `t.adapter.dials[${this.#dials}]`
      this.lines.push(`const dial${++this.#dials} = ${dial}`)
    }
  }

  #linesOf(step: Step, subject: number): string[] {
    switch (step.do) {
      case 'want':
        return this.#want(step, subject)
      case 'tryAcquire':
        this.#ownLease.add(subject)
        return [`const lease${subject} = t.pool.tryAcquire(${quote(step.key)})`]
      case 'cancel':
        return [`w${subject}.cancel()`]
      case 'abort':
        return [`abort${subject}.abort(new Error('aborted'))`]
      case 'release':
        return [`${this.#holder(subject)}.release(${hintOf(step)})`]
      case 'discard':
      case 'detach':
        return [`${this.#holder(subject)}.${step.do}()`]
      case 'finish':
        return this.#finish(step, subject)
      case 'fail':
        return [`dial${subject}.fail()`]
      default:
        return this.#linesOfWorld(step, subject)
    }
  }

  #linesOfWorld(step: Step, subject: number): string[] {
    const conn = `conn${subject}`
    const link = this.#finished.has(subject) ? undefined : `dial${subject}.link`
    switch (step.do) {
      case 'die':
        return [link === undefined ? `${conn}.die()` : `${link}.closed()`]
      case 'drain':
        return [`${link ?? conn}.drain()`]
      case 'capacity':
        this.#told.set(subject, step.capacity)
        return [`${link ?? conn}.setCapacity(${step.capacity})`]
      case 'break':
        return [`${conn}.broken = true`]
      case 'advance':
        return [`t.advance(${step.ms})`]
      case 'jump':
        return [`t.clock.jump(${step.ms})`]
      case 'warm':
        return [`t.pool.warm(${quote(step.key)}, ${step.count}).catch(() => {})`]
      case 'closeIdle':
        return [`t.pool.closeIdle(${step.key === undefined ? '' : quote(step.key)})`]
      case 'close':
        return ['void t.pool.close()']
      default:
        return ['t.pool.destroy()']
    }
  }

  #want({ key, form, timeoutMs, abortable }: DeedOf<'want'>, subject: number): string[] {
    const lines: string[] = []
    const options: string[] = []
    if (abortable === true) {
      lines.push(`const abort${subject} = new AbortController()`)
      options.push(`signal: abort${subject}.signal`)
    }
    if (timeoutMs !== undefined) options.push(`timeoutMs: ${timeoutMs}`)
    const given = options.length === 0 ? quote(key) : `${quote(key)}, { ${options.join(', ')} }`
    if (form === 'callback') return [...lines, `const w${subject} = t.get(${given})`]
    this.#ownLease.add(subject)
    const got = `t.pool.acquire(${given}).then((it) => (lease${subject} = it), () => {})`
    return [...lines, `let lease${subject}`, got]
  }

  #holder(subject: number): string {
    return this.#ownLease.has(subject) ? `lease${subject}` : `w${subject}`
  }

  #finish({ capacity, share }: DeedOf<'finish'>, subject: number): string[] {
    const told = this.#told.get(subject) ?? 1
    this.#finished.add(subject)
    const lines = [`const conn${subject} = dial${subject}.finish()`]
    if (capacity !== told) lines.unshift(`dial${subject}.link.setCapacity(${capacity})`)
    if (this.#draws) lines.unshift(`share = ${share ?? 0}`)
    return lines
  }
}

function hintOf({ hintMs }: DeedOf<'release'>): string {
  return hintMs === undefined ? '' : `{ idleTimeoutMs: ${hintMs} }`
}

function showOptions(options: PoolOptions<never>, draws: boolean): string {
  const shown = Object.entries(options)
    .filter(([, value]) => ['number', 'boolean', 'string'].includes(typeof value))
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? quote(value) : value}`)
  if (draws) shown.push('random: () => share')
  return shown.length === 0 ? '' : `{ ${shown.join(', ')} }`
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`
}
