import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import { figures } from './core/figures.ts'
import { runSuite } from './harness/run-suite.ts'

interface CoreOptions {
  readonly rounds: number
  readonly json?: string
  readonly only?: string
  readonly quick?: true
}

/** A thousandth of the work: shows that everything runs, in seconds. */
const QUICK = 0.001

const resultFile = fileURLToPath(new URL('../results/core.json', import.meta.url))

/** `npm run bench -- …` */
export function program(): Command {
  const bench = new Command('npm run bench --').description('The pool beside its peers.')
  bench.showSuggestionAfterError(false)
  bench
    .command('core')
    .description('Speed and memory of @wantconn/pool-core, beside other pools and bare structures.')
    .showSuggestionAfterError(false)
    .option('--rounds <n>', 'how often each case is measured', wholeAboveZero, 5)
    .option('--json <file>', 'where all samples go (default: benchmarks/results/core.json)')
    .addOption(new Option('--only <figure>', 'one figure').choices(figures.map(({ name }) => name)))
    .option('--quick', 'a thousandth of the work: shows that it runs, its figures mean nothing')
    .action(({ rounds, json, only, quick }: CoreOptions) =>
      runSuite(
        figures.filter(({ name }) => only === undefined || name === only),
        { rounds, json: json ?? resultFile, work: quick ? QUICK : 1 },
      ),
    )
  return bench
}

function wholeAboveZero(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number above 0.')
}
