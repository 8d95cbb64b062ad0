import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'custom-adapter',
    include: ['test/**/*.test.ts'],
  },
})
