import { SingleBar } from 'cli-progress'

/** How far a run has come, on stderr: a bar on a terminal, a line for each figure elsewhere. */
export class Progress {
  readonly #bar: SingleBar | undefined
  #figure = ''

  constructor(total: number) {
    if (!process.stderr.isTTY) return
    this.#bar = new SingleBar({
      format: '{bar} {value} of {total}  {what}',
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: true,
    })
    this.#bar.start(total, 0, { what: '' })
  }

  /** This case is measured next. */
  next(figure: string, caseName: string): void {
    this.#bar?.update({ what: `${figure}: ${caseName}` })
    if (this.#bar === undefined && figure !== this.#figure) console.error(`measuring ${figure}`)
    this.#figure = figure
  }

  measured(): void {
    this.#bar?.increment()
  }

  stop(): void {
    this.#bar?.stop()
  }
}
