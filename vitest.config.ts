import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      '{packages,apps,examples}/*/vitest.config.ts',
      '{benchmarks,scripts}/vitest.config.*',
    ],
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      reporter: ['text', 'html'],
      reportsDirectory: 'reports/coverage',
    },
  },
})
