import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'custom-adapter',
    include: ['test/**/*.test.ts'],
    // Real sockets on a machine that may be busy.
    testTimeout: 60_000,
  },
})
