/** So many requests in all, so many of them at once. */
export async function busy(
  requests: number,
  atOnce: number,
  get: () => Promise<unknown>,
): Promise<void> {
  let left = requests
  const caller = async () => {
    while (left-- > 0) await get()
  }
  await Promise.all(Array.from({ length: atOnce }, caller))
}
