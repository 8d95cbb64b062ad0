import { messageOf } from './message-of.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

run(process.argv.slice(2)).catch((error) => {
  if (!stop.signal.aborted) console.error(`error: ${messageOf(error)}`)
  process.exitCode = stop.signal.aborted ? 130 : 1
})

/** Loads no more than what is asked for. */
async function run(args: readonly string[]): Promise<void> {
  const isTerminal = args.includes('--terminal')
  const others = args.filter((arg) => arg !== '--terminal')
  if (isTerminal)
    await (await import('./terminal/run-terminal.ts')).runTerminal(others, stop.signal)
  else await (await import('./run-page.ts')).runPage(others, stop.signal)
}
