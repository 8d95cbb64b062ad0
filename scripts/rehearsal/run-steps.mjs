/**
 * @typedef {object} Step
 * @property {string} title
 * @property {() => Promise<string | void | Skipped>} run resolves to a note for its line
 * @property {boolean} [isNeeded] nothing after it makes sense if it fails
 */

/** What a step that cannot run here resolves to. */
export class Skipped {
  constructor(why) {
    this.why = why
  }
}

/**
 * Runs them one after the other, a line for each. Resolves to whether none has failed.
 * With `WANTCONN_REQUIRE=all` a skipped one has.
 * @param {Step[]} steps
 */
export async function runSteps(steps) {
  let isGood = true
  for (const [i, step] of steps.entries()) {
    const started = performance.now()
    announce(`step ${i + 1}/${steps.length} ${step.title} …`)
    const { state, note } = await outcome(step)
    announce('')
    const seconds = ((performance.now() - started) / 1_000).toFixed(1)
    const number = `${i + 1}`.padStart(2)
    console.log(`step ${state} ${number}/${steps.length} ${step.title}${note} (${seconds} s)`)
    if (state !== 'FAILED ') continue
    isGood = false
    if (step.isNeeded) break
  }
  return isGood
}

/** What is under way, on a terminal; its line is taken by what came of it. */
function announce(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

async function outcome(step) {
  try {
    const result = await step.run()
    if (!(result instanceof Skipped)) return { state: 'ok     ', note: result ? `: ${result}` : '' }
    const state = process.env.WANTCONN_REQUIRE === 'all' ? 'FAILED ' : 'skipped'
    return { state, note: `: ${result.why}` }
  } catch (error) {
    return { state: 'FAILED ', note: `\n${error.message.replace(/^/gm, '    ')}\n   ` }
  }
}
