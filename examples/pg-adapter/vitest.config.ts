import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'pg-adapter',
    include: ['test/**/*.test.ts'],
    // One server for all files, which have databases of their own.
    globalSetup: ['test/one-server.ts'],
    // Sessions begin and end slowly on a machine that is busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
})
