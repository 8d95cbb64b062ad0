import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./origin.js', import.meta.url))

/** The port of a server that ends with this process. */
export async function startOrigin(): Promise<number> {
  const origin = fork(script, { execArgv: [], stdio: 'inherit' })
  const [port] = await once(origin, 'message')
  // It ends with the channel; that alone must not keep this process.
  origin.unref()
  origin.channel?.unref()
  return port as number
}
