import { configDefaults, defineConfig } from 'vitest/config'

/**
 * For Stryker: without the tests that read the sources, which it rewrites, or that start Node anew,
 * and without those of what is under `src/testing`, which it leaves alone.
 */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    // The sources are read once, not once for each file of tests.
    isolate: false,
    include: ['test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      'test/purity.test.ts',
      'test/readme.test.ts',
      'test/go-coverage.test.ts',
      'test/gc/**',
      'test/conformance/**',
      'test/explore/**',
      'test/simulate/**',
      'test/testing-your-app*',
      'test/**/*gc*.test.ts',
    ],
  },
})
