let waiting = 0
let timer: NodeJS.Timeout | undefined

/**
 * Keeps the process alive for one who stands in line: what it waits for may not, such as an idle
 * session whose peer takes no streams for the moment.
 */
export function holdProcess(): void {
  if (waiting++ > 0) return
  // One for all, as it is often needed for a moment only.
  timer ??= setInterval(() => {}, 2 ** 31 - 1)
  timer.ref()
}

export function letProcessGo(): void {
  if (--waiting === 0) timer?.unref()
}
