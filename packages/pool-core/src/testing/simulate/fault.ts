/** What was seen that must not be. */
export interface Fault {
  /** Which rule: shrinking keeps to it. `W7`, `O4`, or the kind of an error. */
  readonly rule: string
  readonly message: string
  /** An expression of a play that is true where the fault is; absent where a step throws by itself. */
  readonly proof?: string | undefined
}

/** Of what somebody else threw: the pool itself, or `checkInvariants`. */
export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error)
  const invariant = /^broken invariant (\w+)/.exec(message)?.[1]
  return { rule: invariant ?? message, message }
}
