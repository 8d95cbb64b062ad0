import { fileURLToPath } from 'node:url'
import { Command, InvalidArgumentError, Option } from 'commander'
import { figures as agentFigures } from './agent/figures.ts'
import { figures as coreFigures } from './core/figures.ts'
import type { Figure } from './harness/figure.ts'
import { runSuite } from './harness/run-suite.ts'
import { figures as http2Figures } from './http2/figures.ts'
import { figures as simulateFigures } from './simulate/figures.ts'

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
  bench.showSuggestionAfterError(false)
  const core = 'Speed and memory of @wantconn/pool-core, beside other pools and bare structures.'
  addSuite(bench, 'core', core, coreFigures)
  addSuite(bench, 'agent', 'HttpAgent beside http.Agent and agentkeepalive.', agentFigures)
  const http2 = 'Http2Client beside node:http2, undici with allowH2, and http2-wrapper.'
  addSuite(bench, 'http2', http2, http2Figures)
  const simulate = 'Random lives and every small one, with all invariants checked: takes minutes.'
  addSuite(bench, 'simulate', simulate, simulateFigures, 1)
  return bench
}

function addSuite(
  bench: Command,
  suite: string,
  description: string,
  figures: readonly Figure[],
  rounds = 5,
): void {
  const result = `benchmarks/results/${suite}.json`
  const resultFile = fileURLToPath(new URL(`../results/${suite}.json`, import.meta.url))
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
        { rounds, json: json ?? resultFile, work: quick ? QUICK : 1 },
      ),
    )
}

function wholeAboveZero(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number above 0.')
}
