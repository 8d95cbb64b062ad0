import { defineProject } from 'vitest/config'

/** The documents, and the shape of the repository. */
export default defineProject({
  test: {
    name: 'house',
    include: ['test/**/*.test.ts'],
    // Compilers and examples run in processes of their own, on a machine that may be busy.
    testTimeout: 120_000,
  },
})
