import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { keepApartFrom } from '../harness/keep-apart.ts'

const script = fileURLToPath(new URL('./origin.js', import.meta.url))

/** The port of a server that ends with this process, on processors of its own if it is to be apart. */
export async function startOrigin(how?: 'apart'): Promise<number> {
  const origin = fork(script, { execArgv: [], stdio: 'inherit' })
  if (how === 'apart' && origin.pid !== undefined) keepApartFrom(origin.pid)
  const [port] = await once(origin, 'message')
  // It ends with the channel; that alone must not keep this process.
  origin.unref()
  origin.channel?.unref()
  return port as number
}
