import type { Exchange } from './exchange.ts'

/** The exchanges of a dispatcher that have not ended, linked through themselves: none is looked for. */
export class ExchangeList {
  size = 0
  #first: Exchange | undefined = undefined

  add(exchange: Exchange): void {
    const first = this.#first
    exchange.next = first
    if (first !== undefined) first.prev = exchange
    this.#first = exchange
    this.size++
  }

  remove(exchange: Exchange): void {
    const { prev, next } = exchange
    if (prev === undefined) this.#first = next
    else prev.next = next
    if (next !== undefined) next.prev = prev
    exchange.prev = undefined
    exchange.next = undefined
    this.size--
  }

  abortAll(error: unknown): void {
    for (let first = this.#first; first !== undefined; first = this.#first) first.abort(error)
  }
}
