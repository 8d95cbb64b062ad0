import { defineProject } from 'vitest/config'

export default defineProject({
  test: {
    name: 'two-level',
    include: ['test/**/*.test.ts'],
  },
})
