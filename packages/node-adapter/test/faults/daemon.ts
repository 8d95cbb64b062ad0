import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'

/**
 * Undefined if a program is there, else how to get it. With `WANTCONN_REQUIRE=all` it must be there.
 */
export function isMissing(program: string, aptPackage: string): string | undefined {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    const how = `${program} is not installed: apt-get install ${aptPackage}`
    if (process.env['WANTCONN_REQUIRE'] === 'all') throw new Error(how, { cause: error })
    return how
  }
}

/** Starts a program that stays in the foreground and listens at a port; it ends with the test. */
export async function startDaemon(program: string, args: string[], port: number): Promise<void> {
  const running = spawn(program, args, { stdio: 'ignore' })
  onTestFinished(async () => {
    if (running.exitCode !== null) return
    running.kill('SIGTERM')
    await once(running, 'exit')
  })
  await listening(program, port)
}

/** Resolves when somebody listens at a port of loopback. */
export async function listening(program: string, port: number): Promise<void> {
  const end = Date.now() + 10_000
  while (!(await isListening(port))) {
    if (Date.now() > end) throw new Error(`${program} does not listen`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
  })
}
