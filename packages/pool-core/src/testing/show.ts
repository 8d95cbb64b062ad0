/** A value in the words of a message. */
export function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value)
  return String(value)
}
