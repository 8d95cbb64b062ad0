import { Command, InvalidArgumentError, Option } from 'commander'

/** What the command line asks for after `--terminal`. */
export interface TerminalFlags {
  /** The user's own server; undefined: one of ours on loopback. */
  readonly url: URL | undefined
  readonly requests: number | undefined
  readonly bursts: number
  readonly dialDelayMs: number
  readonly json: boolean
}

/** As commander has them: what was not given is not there. */
interface RawFlags {
  readonly url?: URL
  readonly requests?: number
  readonly bursts: number
  readonly dialDelay?: number
  readonly json?: true
}

const ownDialDelayMs = 200

// A line for each paragraph: they are wrapped to the terminal's width.
const about = [
  'Sends the same bursty traffic through http.Agent, an undici Pool and a late-binding HttpAgent, one after the other, and compares them.',
  'Bursts of requests, growing from 5 to 40, begin every 400 ms. The origin is a real HTTP/1.1 server on loopback with 5 ms of work for each request; dials take 200 ms. First, each gets a few bursts that are not measured, to warm up.',
].join('\n\n')

/** Ends the process, with one line on stderr, for flags that make no sense. */
export function parseTerminalFlags(argv: readonly string[]): TerminalFlags {
  const command = newCommand()
  const { url, requests, bursts, dialDelay, json } = command
    .parse(argv as string[], { from: 'user' })
    .opts<RawFlags>()
  if (requests !== undefined && requests < bursts) {
    command.error(`error: --requests ${requests} is less than one for each of ${bursts} bursts`)
  }
  const dialDelayMs = dialDelay ?? (url === undefined ? ownDialDelayMs : 0)
  return { url, requests, bursts, dialDelayMs, json: json ?? false }
}

function newCommand(): Command {
  return new Command('npm run demo -- --terminal')
    .description(about)
    .option('--url <url>', 'your own server instead, without the slow dials', parseUrl)
    .option('--requests <n>', 'requests for each peer, in all', wholeNumber(1, 100_000))
    .addOption(
      new Option('--bursts <n>', 'how many bursts').argParser(wholeNumber(1, 1_000)).default(12),
    )
    .option(
      '--dial-delay <ms>',
      'how much longer a dial takes (default: 200, with --url 0)',
      wholeNumber(0, 60_000),
    )
    .option('--json', 'the result as JSON on stdout')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
}

function parseUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined)
    throw new InvalidArgumentError('It must be a URL, like http://localhost:3000/.')
  if (url.protocol !== 'http:') throw new InvalidArgumentError('It must begin with http://.')
  return url
}

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= least && number <= most) return number
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}
