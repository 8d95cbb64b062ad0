import type { Figure, Sample, Wanted, Work } from './figure.ts'
import { median } from './median.ts'
import type { Progress } from './progress.ts'
import { runCase } from './run-case.ts'
import { Turns } from './turns.ts'

export interface CaseResult {
  readonly name: string
  /** Median of each value over the rounds. */
  readonly median: Sample
  readonly rounds: readonly Sample[]
}

export interface WantedResult {
  readonly what: string
  readonly least?: number
  readonly most?: number
  readonly measured: number
  readonly met: boolean
}

export interface FigureResult {
  readonly name: string
  readonly title: string
  readonly cases: readonly CaseResult[]
  readonly wanted: readonly WantedResult[]
}

/**
 * All cases of a figure, round by round: one after the other, or at once and in turns. Each round
 * begins with another case, so that none always follows the same neighbour or meets the same moment
 * of a machine that others use too.
 */
export async function runFigure(
  figure: Figure,
  rounds: number,
  work: Work,
  progress: Progress,
): Promise<FigureResult> {
  const samples = new Map(figure.cases.map(({ name }) => [name, [] as Sample[]]))
  const measure = async (caseName: string, turns?: Turns): Promise<void> => {
    progress.next(figure.name, caseName)
    samples.get(caseName)?.push(await runCase({ figure: figure.name, caseName, work }, turns))
    progress.measured()
  }
  const count = figure.cases.length
  for (let round = 0; round < rounds; round++) {
    const names = figure.cases.map((_, i) => figure.cases[(i + round) % count]?.name ?? '')
    const turns = figure.isInTurns ? new Turns(count) : undefined
    if (turns !== undefined) await Promise.all(names.map((name) => measure(name, turns)))
    else for (const name of names) await measure(name)
  }
  return { ...summary(figure, samples), name: figure.name, title: figure.title }
}

function summary(
  figure: Figure,
  samples: ReadonlyMap<string, readonly Sample[]>,
): Pick<FigureResult, 'cases' | 'wanted'> {
  const cases = [...samples].map(([name, all]) => ({ name, median: medians(all), rounds: all }))
  const wanted = figure.wanted.map((each) => {
    const { what, least, most } = each
    const measured = median(inRounds(each, cases))
    const met = measured >= (least ?? -Infinity) && measured <= (most ?? Infinity)
    const bounds = {
      ...(least === undefined ? {} : { least }),
      ...(most === undefined ? {} : { most }),
    }
    return { what, ...bounds, measured, met }
  })
  return { cases, wanted }
}

/** What is wanted, of each round: a ratio is taken within one, where both sides saw the same machine. */
export function inRounds({ of }: Wanted, cases: readonly CaseResult[]): readonly number[] {
  const rounds = Math.min(...cases.map((each) => each.rounds.length))
  const inRound = (round: number): number =>
    of((name) => cases.find((each) => each.name === name)?.rounds[round] ?? {})
  return Array.from({ length: rounds }, (_, round) => inRound(round))
}

/** From the lowest round to the highest; a single one has none. */
export function spread(wanted: Wanted, cases: readonly CaseResult[]): string {
  const all = inRounds(wanted, cases)
  const [lowest, highest] = [Math.min(...all), Math.max(...all)].map(wanted.show)
  return lowest === highest ? '' : `${lowest} to ${highest}`
}

function medians(samples: readonly Sample[]): Sample {
  const values = Object.keys(samples[0] ?? {})
  const of = (value: string): number => median(samples.map((sample) => sample[value] ?? Number.NaN))
  return Object.fromEntries(values.map((value) => [value, of(value)]))
}
