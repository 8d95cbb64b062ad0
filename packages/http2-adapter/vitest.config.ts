import { defineProject } from 'vitest/config'

export default defineProject({
  test: {
    name: 'http2-adapter',
    include: ['test/**/*.test.ts'],
    // Real sockets on a machine that may be busy: what is waited for comes, if late.
    testTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
  },
})
