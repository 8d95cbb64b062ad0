/** The same requests at the same moments for every peer. */
export interface TrafficPlan {
  /** Requests that begin at once, burst by burst. */
  readonly bursts: readonly number[]
  /** From the start of one burst to the start of the next. */
  readonly everyMs: number
}

export interface TrafficWish {
  readonly bursts: number
  /** In all, spread over the bursts in the same growing shape. Default: what the shape has. */
  readonly requests?: number | undefined
}

const smallest = 5
const largest = 40
const everyMs = 400

/**
 * Bursts that grow evenly from 5 to 40 requests, so that each needs a few connections more than the
 * last one has left: the moment at which it matters who gets which connection.
 */
export function planTraffic({ bursts, requests }: TrafficWish): TrafficPlan {
  const step = bursts > 1 ? (largest - smallest) / (bursts - 1) : 0
  const shape = Array.from({ length: bursts }, (_, i) => smallest + i * step)
  const sum = shape.reduce((total, size) => total + size, 0)
  if (requests === undefined) return { bursts: shape.map(Math.round), everyMs }
  return { bursts: spread(shape.map((size) => (size * requests) / sum)), everyMs }
}

export function totalOf(plan: TrafficPlan): number {
  return plan.bursts.reduce((total, size) => total + size, 0)
}

/** Rounds so that the sum stays what it is: each size ends where the running total does. */
function spread(sizes: readonly number[]): number[] {
  let exact = 0
  let given = 0
  return sizes.map((size) => {
    exact += size
    const whole = Math.round(exact) - given
    given += whole
    return whole
  })
}
