import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./http2-origin.js', import.meta.url))

export interface Origin {
  readonly port: number
  /** TLS connections that were opened so far. */
  connections(): Promise<number>
}

/** A server that ends with this process. */
export async function startOrigin(maxConcurrentStreams: number): Promise<Origin> {
  const origin = fork(script, [`${maxConcurrentStreams}`], { execArgv: [], stdio: 'inherit' })
  const [port] = await once(origin, 'message')
  // It ends with the channel; that alone must not keep this process.
  origin.unref()
  origin.channel?.unref()
  return {
    port: port as number,
    async connections() {
      const told = once(origin, 'message')
      origin.send('how many?')
      return (await told)[0] as number
    },
  }
}
