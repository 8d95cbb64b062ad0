/** What one child process measured: values by name. */
export type Sample = Readonly<Record<string, number>>

/** How much of the work is done: 1 is all of it, less shows only that it runs. */
export type Work = number

/** One line of a figure's table; each round measures it in a process of its own. */
export interface Case {
  readonly name: string
  measure(work: Work): Sample | Promise<Sample>
}

export interface Column {
  /** Which value of the samples it shows. */
  readonly value: string
  readonly head: string
  show(value: number): string
}

/** What a figure should reach. It is shown and compared, and never makes a run fail. */
export interface Wanted {
  readonly what: string
  readonly least?: number
  readonly most?: number
  /** The figure itself, from one round's samples; the median over the rounds counts. */
  of(sampleOf: (caseName: string) => Sample): number
  show(value: number): string
}

export interface Figure {
  /** As `--only` knows it. */
  readonly name: string
  readonly title: string
  /** The first one is drawn as a bar too. */
  readonly columns: readonly Column[]
  readonly cases: readonly Case[]
  readonly wanted: readonly Wanted[]
  /**
   * All cases of a round are there at once, and whatever of a case counts begins with `myTurn()`:
   * what a moment of the machine does to one, it does to all.
   */
  readonly isInTurns?: boolean
}

export function scaled(count: number, work: Work): number {
  return Math.max(10, Math.ceil(count * work))
}
