import type { TestProject } from 'vitest/node'
import { PostgresServer, postgresIsMissing } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresPort: number
  }
}

/** Starts one server for all test files. Where there is none to start, each of them says so. */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = whatIsMissing()
  if (missing !== undefined) {
    console.warn(`examples/pg-adapter: ${missing}`)
    return undefined
  }
  const server = await PostgresServer.start()
  provide('postgresPort', server.port)
  return () => server.stop()
}

function whatIsMissing(): string | undefined {
  try {
    const missing = postgresIsMissing()
    return missing && `tests are skipped. ${missing}`
  } catch (error) {
    // The files fail, each with this.
    return String(error)
  }
}
