import { defineProject } from 'vitest/config'

export default defineProject({
  test: {
    name: 'two-level',
    include: ['test/**/*.test.ts'],
    // Real sockets on a machine that may be busy.
    testTimeout: 60_000,
  },
})
