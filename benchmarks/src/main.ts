import { program, withSuite } from './cli.ts'

const args = process.argv.slice(2)

try {
  await program().parseAsync(withSuite(args), { from: 'user' })
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
