/** What the children of the GC tests share. They run with `--expose-gc`, on the built package. */

const ROUNDS = 12

export const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Collects what can be collected. A `WeakRef` holds its target until the turn that read it ends. */
export async function collect() {
  for (let round = 0; round < ROUNDS; round++) {
    await turn()
    globalThis.gc()
  }
}

/** The names of those that are still there after collecting. */
export async function survivors(refs) {
  await collect()
  return Object.keys(refs).filter((name) => refs[name].deref() !== undefined)
}

export async function heapUsed() {
  await collect()
  return process.memoryUsage().heapUsed
}

/** Puts weak references to these in `refs`; `undefined` is left out. */
export function watch(refs, members) {
  for (const [name, member] of Object.entries(members)) {
    if (member !== undefined) refs[name] = new WeakRef(member)
  }
}

/** Dials end when the child says so; nothing is kept of one but what ends it. */
export class HandAdapter {
  #dials = []

  key(target) {
    return target.key
  }

  dial(_target, link) {
    return new Promise((resolve, reject) => this.#dials.push({ link, resolve, reject }))
  }

  close() {}

  takeDial() {
    const dial = this.#dials.shift()
    if (dial === undefined) throw new Error('no dial has begun')
    return dial
  }

  /** Those that hang are let go, as their signals keep the error that they were aborted with. */
  dropDials() {
    this.#dials = []
  }
}

/** Each dial succeeds at once; nothing is kept. */
export class PromptAdapter {
  key(target) {
    return target
  }

  async dial() {
    return {}
  }

  close() {}
}

/** Runs each case and prints what it returns as one line of JSON, by name. */
export async function report(cases) {
  const results = {}
  for (const [name, run] of Object.entries(cases)) results[name] = await run()
  process.stdout.write(`${JSON.stringify(results)}\n`)
}
