import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'pg-adapter',
    include: ['test/**/*.test.ts'],
    // One server for all files, which have databases of their own.
    globalSetup: ['test/one-server.ts'],
  },
})
