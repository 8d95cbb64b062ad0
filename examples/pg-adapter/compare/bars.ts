const WIDTH = 50

/** A line for each name and number, with a bar that is as long as the number says. */
export function bars(values: ReadonlyMap<string, number>, show: (value: number) => string): string {
  const longest = Math.max(...values.values())
  const nameWidth = Math.max(...[...values.keys()].map((name) => name.length))
  return [...values]
    .map(([name, value]) => {
      const bar = '█'.repeat(Math.max(1, Math.round((value / longest) * WIDTH)))
      return `  ${name.padEnd(nameWidth)}  ${bar.padEnd(WIDTH)}  ${show(value)}`
    })
    .join('\n')
}
