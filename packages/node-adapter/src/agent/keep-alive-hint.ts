/** At most so much earlier than the server: a request that is under way when it closes is lost. */
const maxMarginMs = 1_000
/** Of a short time no more than this share is given away, or nothing would ever be reused. */
const marginShare = 0.1

/**
 * How long a connection may be idle, by its server's `Keep-Alive: timeout=N`, less a margin for
 * what is on its way: the one given, else a tenth, at most a second. 0: not at all. Undefined: it
 * did not say.
 */
export function idleTimeoutOf(
  header: string | string[] | undefined,
  marginMs?: number,
): number | undefined {
  if (header === undefined) return undefined
  const seconds = /(?:^|[\s,;])timeout\s*=\s*"?(\d+)/i.exec(String(header))?.[1]
  if (seconds === undefined) return undefined
  const ms = Number(seconds) * 1_000
  return Math.max(0, ms - (marginMs ?? Math.min(maxMarginMs, ms * marginShare)))
}
