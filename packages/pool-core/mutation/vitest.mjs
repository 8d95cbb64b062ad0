/**
 * What the tests use of vitest, on top of mocha: Stryker's runner for vitest loads all tests again for
 * each mutant, which takes seconds, and its runner for mocha loads them once.
 */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect'
import { fn, spyOn } from '@vitest/spy'
import * as mocha from 'mocha'

// Fewer random scripts for each test, as there are thousands of mutants.
process.env.WANTCONN_RUNS ??= '40'

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect)
Object.assign(expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT], {
  getState: () => getState(expect),
  setState: (state) => setState(state, expect),
  unreachable: (message = 'expected not to be reached') => chai.assert.fail(message),
})
globalThis[GLOBAL_EXPECT] = expect
setState({ assertionCalls: 0 }, expect)
chai.expect.extend(expect, customMatchers)

/** Types are looked at by the compiler. */
export const expectTypeOf = () => anything
const anything = new Proxy(() => anything, { get: () => anything, apply: () => anything })

export const vi = { fn, spyOn, setConfig() {} }

export const { afterEach, beforeEach } = mocha
export const afterAll = mocha.after
export const beforeAll = mocha.before

export const describe = withEach((title, body) => mocha.describe(title, body))
export const test = withEach((title, ...rest) => {
  // Between the title and the body there may be options, which are of time.
  const body = rest.find((part) => typeof part === 'function')
  mocha.it(title, () => body()).timeout(0)
})

/** Of `each`, only what a runner needs: as many of them, each with a title of its own. */
function withEach(declare) {
  const each =
    (rows) =>
    (title, ...rest) => {
      const isTable = rows.every(Array.isArray)
      for (const [index, row] of rows.entries()) {
        const values = isTable ? row : [row]
        const bound = rest.map((part) =>
          typeof part === 'function' ? () => part(...values) : part,
        )
        declare(`${title} #${index}`, ...bound)
      }
    }
  return Object.assign(declare, { each })
}
