/** A simulation or an exploration has found a fault. Its message has the play that shows it. */
export class SimulationError extends Error {
  /** Which rule was broken, in words. */
  readonly fault: string
  /** The seed with which it happens again; `undefined` if nothing was drawn. */
  readonly seed: number | undefined
  /** A play of `PoolTester` that fails in the same way: an ES module, or the inside of a test. */
  readonly play: string
  /** How many steps the play has. */
  readonly steps: number

  constructor(fault: string, seed: number | undefined, play: string, steps: number) {
    const where = seed === undefined ? '' : ` (seed ${seed})`
    super(`${fault}${where}\n\nIn ${steps} steps:\n\n${play}`)
    this.name = 'SimulationError'
    this.fault = fault
    this.seed = seed
    this.play = play
    this.steps = steps
  }
}
