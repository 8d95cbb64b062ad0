import { defineProject } from 'vitest/config'

export default defineProject({
  test: {
    name: 'pool-core',
    include: ['test/**/*.test.ts'],
  },
})
