import { program } from './cli.ts'

const args = process.argv.slice(2)

try {
  await program().parseAsync(args.length > 0 ? args : ['all'], { from: 'user' })
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
