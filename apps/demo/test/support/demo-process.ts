import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const built = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The demo as a user starts it, but for the build. */
export class DemoProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''

  constructor(args: readonly string[], main: string = built) {
    this.child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.on('data', (chunk) => (this.#stdout += chunk))
    this.child.stderr?.on('data', (chunk) => (this.#stderr += chunk))
    this.ended = once(this.child, 'close').then(([code]) => {
      return { code, stdout: this.#stdout, stderr: this.#stderr }
    })
  }

  /** All that it has printed so far, once it has told where the page is. */
  async introduced(): Promise<string> {
    const over = this.ended.then(({ stderr }) => {
      throw new Error(`the demo ended before it was there: ${stderr}`)
    })
    while (!this.#stdout.includes('Ctrl-C')) {
      await Promise.race([once(this.child.stdout as NodeJS.EventEmitter, 'data'), over])
    }
    return this.#stdout
  }
}
