import { program } from './cli.ts'

try {
  await program().parseAsync()
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
