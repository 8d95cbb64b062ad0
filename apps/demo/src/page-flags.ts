import { Command, InvalidArgumentError, Option } from 'commander'

/** What the command line asks for. */
export interface PageFlags {
  readonly port: number
  /** Shows the page in the browser that the system uses. */
  readonly open: boolean
}

/** The same each time, so that links stay good and an open page finds its server again. */
const defaultPort = 4_747

const about = [
  'Serves a page on which a connection pool is seen at work, and raced against http.Agent and undici on the same traffic.',
  'It starts origins of HTTP/1.1, HTTPS and HTTP/2, all on loopback, and runs until Ctrl-C.',
  'With --terminal there is a table instead of the page; `--terminal --help` tells what it takes.',
].join('\n\n')

/** Ends the process, with one line on stderr, for flags that make no sense. */
export function parsePageFlags(args: readonly string[]): PageFlags {
  const command = new Command('npm run demo --')
    .description(about)
    .addOption(
      new Option('--port <n>', 'where the page is; 0: a port that is free')
        .argParser(parsePort)
        .default(defaultPort),
    )
    .option('--open', 'open the page in a browser', false)
    .option('--terminal', 'the table in the terminal')
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
  return command.parse(args as string[], { from: 'user' }).opts<PageFlags>()
}

function parsePort(value: string): number {
  const port = Number(value)
  if (/^\d+$/.test(value) && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
}
