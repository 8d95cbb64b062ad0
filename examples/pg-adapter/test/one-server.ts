import type { TestProject } from 'vitest/node'
import { PostgresServer, postgresIsMissing } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgresPort: number
  }
}

/** Starts one server for all test files. Where there is none to start, each of them says so. */
export async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!isThere()) return undefined
  const server = await PostgresServer.start()
  provide('postgresPort', server.port)
  return () => server.stop()
}

function isThere(): boolean {
  try {
    return postgresIsMissing() === undefined
  } catch {
    return false
  }
}
