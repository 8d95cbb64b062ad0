import { defineProject } from 'vitest/config'

export default defineProject({
  test: {
    name: 'pool-core',
    include: ['test/**/*.test.ts'],
    // No test waits for time to pass; those with much to do may have a busy machine to do it on.
    testTimeout: 60_000,
  },
})
