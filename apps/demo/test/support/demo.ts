import { afterAll, beforeAll } from 'vitest'
import { DemoProcess } from './demo-process.ts'
import { Spectator } from './spectator.ts'

/** One demo for all tests of a file, and one who watches it. They share it, so they begin runs of their own. */
export function demo(): { readonly spectator: Spectator; readonly process: DemoProcess } {
  let running: { spectator: Spectator; process: DemoProcess } | undefined

  beforeAll(async () => {
    const started = new DemoProcess(['--port', '0'])
    const [url = ''] = (await started.introduced()).match(/http:\S+/) ?? []
    running = { spectator: new Spectator(url), process: started }
    await running.spectator.watch()
  }, 60_000)

  afterAll(async () => {
    running?.spectator.leave()
    running?.process.child.kill('SIGINT')
    await running?.process.ended
  })

  const get = () => {
    if (running === undefined) throw new Error('the demo has not been started yet')
    return running
  }
  return {
    get spectator() {
      return get().spectator
    },
    get process() {
      return get().process
    },
  }
}
