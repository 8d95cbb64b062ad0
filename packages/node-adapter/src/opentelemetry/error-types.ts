/** An abort may bring any error: what is beyond this many kinds of them is `_OTHER`. */
const MAX_ERROR_TYPES = 50

// A code or a class, and not a sentence or a number drawn for one request.
const looksLikeAType = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

/** The values of `error.type`, of which there may be only so many. */
export class ErrorTypes {
  readonly #known = new Set<string>()

  of(error: unknown): string {
    const type = codeOf(error) ?? nameOf(error)
    if (type === undefined || !looksLikeAType.test(type)) return '_OTHER'
    if (this.#known.has(type)) return type
    if (this.#known.size >= MAX_ERROR_TYPES) return '_OTHER'
    this.#known.add(type)
    return type
  }
}

function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' ? code : undefined
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined
}
