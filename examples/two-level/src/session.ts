import type { Socket } from 'node:net'

interface Question {
  resolve(answer: string): void
  reject(error: Error): void
}

/**
 * A connection on which questions overtake each other: each line begins with the number of its
 * question. The server greets with `HELLO <channels>`, and may say `LIMIT <channels>` at any time;
 * whoever asks more questions at once is thrown off.
 */
export class Session {
  readonly socket: Socket
  /** Resolves when the server has greeted; rejects when the session ends before. */
  readonly greeted: Promise<void>
  /** Questions that may be open at once. */
  channels = 0
  /** Called when the server changes `channels`. */
  onLimit: () => void = () => {}
  readonly #questions = new Map<string, Question>()
  #asked = 0
  #rest = ''

  constructor(socket: Socket) {
    this.socket = socket
    this.greeted = new Promise((resolve, reject) => {
      this.#questions.set('HELLO', { resolve: () => resolve(), reject })
    })
    // It may end when nobody waits for the greeting any more.
    this.greeted.catch(() => {})
    socket.setEncoding('utf8').on('data', (text: string) => this.#read(text))
    socket.on('error', (error) => this.destroy(error)).on('close', () => this.destroy())
  }

  ask(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (!this.socket.writable) return reject(new Error('the session has ended'))
      const number = String(++this.#asked)
      this.#questions.set(number, { resolve, reject })
      this.socket.write(`${number} ${text}\n`)
    })
  }

  /** A question is open, or the session has ended. */
  get isBusyOrDead(): boolean {
    return this.#questions.size > 0 || !this.socket.writable
  }

  destroy(error: Error = new Error('the session has ended')): void {
    this.socket.destroy()
    for (const { reject } of this.#questions.values()) reject(error)
    this.#questions.clear()
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#take(line)
  }

  #take(line: string): void {
    const [name = '', ...words] = line.split(' ')
    const rest = words.join(' ')
    if (name === 'HELLO' || name === 'LIMIT') this.channels = Number(rest)
    if (name === 'LIMIT') this.onLimit()
    const question = this.#questions.get(name)
    this.#questions.delete(name)
    question?.resolve(rest)
  }
}
