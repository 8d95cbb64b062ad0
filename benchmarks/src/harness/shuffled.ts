/** The numbers below `count` in an order that looks random and is the same each time. */
export function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  let seed = 0x9e3779b9
  for (let i = count - 1; i > 0; i--) {
    // A linear congruential step; its high bits are the random ones.
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((seed / 2 ** 32) * (i + 1))
    const here = order[i] ?? 0
    order[i] = order[other] ?? 0
    order[other] = here
  }
  return order
}
