/** What is called for every frame, until the function that `onFrame` returns is called. */
export type FrameListener = (now: number, elapsedMs: number) => void

const listeners = new Set<FrameListener>()
let last = 0
let asked = false

export function onFrame(listener: FrameListener): () => void {
  listeners.add(listener)
  ask()
  return () => listeners.delete(listener)
}

function ask(): void {
  if (asked || listeners.size === 0) return
  asked = true
  requestAnimationFrame(run)
}

function run(now: number): void {
  asked = false
  const elapsedMs = Math.min(1_000, now - last)
  last = now
  for (const listener of listeners) listener(now, elapsedMs)
  ask()
}
