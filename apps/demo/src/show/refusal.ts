/** A command that is not done, with one sentence for the user. */
export class Refusal extends Error {
  /** 400: it makes no sense; 409: not now. */
  readonly status: 400 | 409
  /** What of the command is wrong. */
  readonly field: string | undefined

  constructor(status: 400 | 409, message: string, field?: string) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.field = field
  }
}
