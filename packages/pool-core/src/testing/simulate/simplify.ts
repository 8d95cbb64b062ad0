import type { PoolOptions } from '../../options.ts'
import type { Outcome } from './life.ts'
import { rehearse } from './rehearse.ts'
import { shortest } from './shrink.ts'
import type { Setting } from './stage.ts'
import type { Step } from './step.ts'

/** Rounds of leaving out and putting simpler things in place, if each finds something. */
const ROUNDS = 8
/** Scripts that are tried in all: long ones take their time. */
const MOST_TRIALS = 5_000

/** Of a failure, the simplest that was found to fail in the same way: by the same rule. */
export async function simplify(failure: Outcome): Promise<Outcome> {
  // Once more with all checks after each step: it may have begun long before it was seen.
  const again = await rehearse(failure)
  if (again.fault === undefined) return failure
  const simplifier = new Simplifier(again)
  for (let round = 0; round < ROUNDS; round++) if (!(await simplifier.round())) break
  return simplifier.best
}

class Simplifier {
  best: Outcome
  readonly #rule: string | undefined
  #trials = 0

  constructor(failure: Outcome) {
    this.best = failure
    this.#rule = failure.fault?.rule
  }

  /** Whether anything became simpler. */
  async round(): Promise<boolean> {
    const before = this.best
    await shortest(this.best.script, (script) => this.#fails(this.best.setting, script))
    await this.#simplifySteps()
    await this.#simplifySetting()
    return this.best !== before
  }

  /** Takes it for the best if it fails in the same way. What comes after the failure is left out. */
  async #fails(setting: Setting, script: readonly Step[]): Promise<boolean> {
    if (++this.#trials > MOST_TRIALS) return false
    const outcome = await rehearse({ ...this.best, setting, script })
    if (outcome.fault === undefined || outcome.fault.rule !== this.#rule) return false
    this.best = outcome
    return true
  }

  async #simplifySteps(): Promise<void> {
    const { script } = this.best
    if (script.some(({ turn }) => !turn)) {
      await this.#fails(
        this.best.setting,
        script.map((step) => ({ ...step, turn: true })),
      )
    }
    for (let at = 0; at < this.best.script.length; at++) {
      for (const simpler of simplerSteps(this.best.script[at] as Step)) {
        await this.#fails(this.best.setting, replaced(this.best.script, at, simpler))
      }
    }
  }

  async #simplifySetting(): Promise<void> {
    for (const name of Object.keys(this.best.setting.options) as (keyof PoolOptions<never>)[]) {
      const { [name]: _, ...options } = this.best.setting.options
      await this.#fails({ ...this.best.setting, options }, this.best.script)
    }
    if (this.best.setting.expected !== 1) {
      await this.#fails({ ...this.best.setting, expected: 1 }, this.best.script)
    }
  }
}

function replaced(script: readonly Step[], at: number, step: Step): Step[] {
  return script.map((old, i) => (i === at ? step : old))
}

/** The same with one thing less to understand. */
function simplerSteps(step: Step): Step[] {
  const simpler: Step[] = []
  if (!step.turn) simpler.push({ ...step, turn: true })
  if ('nth' in step && step.nth > 0)
    simpler.push(...lesser(step.nth).map((nth) => ({ ...step, nth })))
  if ('key' in step && step.key !== undefined && step.key !== 'a')
    simpler.push({ ...step, key: 'a' })
  if (step.do === 'abort') simpler.push({ ...step, do: 'cancel' })
  if (step.do === 'finish') simpler.push({ do: 'fail', nth: step.nth, turn: step.turn })
  if (step.do === 'want') simpler.push(...simplerWants(step))
  if (step.do === 'release' && step.hintMs !== undefined)
    simpler.push({ ...step, hintMs: undefined })
  if (step.do === 'finish') simpler.push({ ...step, share: 0 }, { ...step, capacity: 1 })
  if (step.do === 'warm' && step.count > 1) simpler.push({ ...step, count: 1 })
  return simpler
}

function simplerWants(step: Step & { do: 'want' }): Step[] {
  const simpler: Step[] = []
  if (step.form === 'promise') simpler.push({ ...step, form: 'callback' })
  if (step.timeoutMs !== undefined) simpler.push({ ...step, timeoutMs: undefined })
  if (step.abortable === true) simpler.push({ ...step, abortable: false })
  return simpler
}

/** Small ones that choose what a large one does, for whatever number there is to choose from. */
function lesser(nth: number): number[] {
  return [0, 1, 2, 3].filter((less) => less < nth)
}
