import { Presets, SingleBar } from 'cli-progress'

/** Tells how far the traffic has come; on stderr, and only to a terminal. */
export class Progress {
  #bar: SingleBar | undefined
  readonly #isShown: boolean

  constructor(isShown: boolean) {
    this.#isShown = isShown
  }

  begin(name: string, requests: number): void {
    this.end()
    if (!this.#isShown) return
    const format = `${name.padEnd(20)} {bar} {value}/{total} requests`
    this.#bar = new SingleBar({ format, hideCursor: true, fps: 20 }, Presets.shades_classic)
    this.#bar.start(requests, 0)
  }

  step(): void {
    this.#bar?.increment()
  }

  /** Gives the terminal back as it was. */
  end(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }
}
