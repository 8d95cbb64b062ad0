/** There is nobody left to be told. It must not end in the middle of somebody else's call. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
