import { defineProject } from 'vitest/config'

export default defineProject({
  test: {
    name: 'demo',
    include: ['test/**/*.test.ts'],
    // They start processes, on a machine that may be busy.
    testTimeout: 120_000,
  },
})
