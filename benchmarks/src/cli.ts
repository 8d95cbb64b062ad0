import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import { runSuite } from './harness/run-suite.ts'
import { writePage } from './page/write-page.ts'
import { type Suite, suites } from './suites.ts'

interface SuiteChoices {
  readonly rounds: number
  readonly json?: string
  readonly only?: string
  readonly quick?: true
}

/** A thousandth of the work: shows that everything runs, in seconds. */
const QUICK = 0.001

/** `npm run bench -- …` */
export function program(): Command {
  const bench = new Command('npm run bench --').description('The pool beside its peers.')
  bench.on('command:*', ([name = '']) => bench.error(`error: ${whyNot(name)}`))
  for (const suite of suites) addSuite(bench, suite)
  bench
    .command('all')
    .description('All of these but simulate, one after the other: takes an hour. The default.')
    .option('--rounds <n>', 'how often each case is measured (default: 5)', wholeAboveZero)
    .action(async (asked: { readonly rounds?: number }) => {
      for (const { name, figures, rounds = 5, isSelection } of suites) {
        if (name === 'simulate' || isSelection) continue
        await runSuite(figures, { rounds: asked.rounds ?? rounds, json: resultFile(name), work: 1 })
      }
    })
  bench
    .command('page')
    .description('Writes docs/performance.md and its charts from what was measured.')
    .action(writePage)
  return bench
}

const whyNot = (name: string): string =>
  `there is no suite '${name}'; there are ${suites.map((suite) => suite.name).join(', ')}; all; page`

const resultFile = (suite: string): string =>
  fileURLToPath(new URL(`../results/${suite}.json`, import.meta.url))

function addSuite(bench: Command, { name: suite, description, figures, rounds = 5 }: Suite): void {
  const result = `benchmarks/results/${suite}.json`
  bench
    .command(suite)
    .description(description)
    .showSuggestionAfterError(false)
    .option('--rounds <n>', 'how often each case is measured', wholeAboveZero, rounds)
    .option('--json <file>', `where all samples go (default: ${result})`)
    .addOption(new Option('--only <figure>', 'one figure').choices(figures.map(({ name }) => name)))
    .option('--quick', 'a thousandth of the work: shows that it runs, its figures mean nothing')
    .action(({ rounds, json, only, quick }: SuiteChoices) =>
      runSuite(
        figures.filter(({ name }) => only === undefined || name === only),
        { rounds, json: json ?? resultFile(suite), work: quick ? QUICK : 1 },
      ),
    )
}

/** Without a suite, it is all of them that are meant. */
export function withSuite(args: readonly string[]): readonly string[] {
  const [first] = args
  const isGiven = first !== undefined && (!first.startsWith('-') || /^(-h|--help)$/.test(first))
  return isGiven ? args : ['all', ...args]
}

function wholeAboveZero(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number above 0.')
}
