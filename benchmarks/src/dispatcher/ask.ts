import type { Dispatcher } from 'undici'

/** The least that can be done with an answer. It stands for all handlers, so that none is compared. */
class Reader {
  readonly #end: (error?: Error) => void

  constructor(end: (error?: Error) => void) {
    this.#end = end
  }

  onRequestStart(): void {}
  onResponseStart(): void {}
  onResponseData(): void {}

  onResponseEnd(): void {
    this.#end()
  }

  onResponseError(_: unknown, error: Error): void {
    this.#end(error)
  }
}

/** One request, read to its end. */
export function ask(dispatcher: Dispatcher, origin: string, path = '/'): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = new Reader((error) => (error === undefined ? resolve() : reject(error)))
    dispatcher.dispatch({ origin, path, method: 'GET' }, reader)
  })
}
