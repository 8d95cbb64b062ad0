/** Makes one file of all tests that can tell a mutant, with the sources in it. Stryker's build command. */
import { readdirSync } from 'node:fs'
import { build } from 'esbuild'

/** They read the sources, start Node anew, or are about what is under `src/testing`, which is left alone. */
const without =
  /^(purity|readme|go-coverage|types|testing-your-app|.*gc).*|^(gc|conformance|explore|simulate)\//

const tests = readdirSync('test', { recursive: true }).filter(
  (file) => file.endsWith('.test.ts') && !without.test(file),
)

await build({
  stdin: {
    contents: tests.map((file) => `import './test/${file}'`).join('\n'),
    resolveDir: process.cwd(),
  },
  alias: { vitest: './mutation/vitest.mjs' },
  bundle: true,
  format: 'esm',
  // The package has no side effects; that its tests have is all they are for.
  ignoreAnnotations: true,
  logLevel: 'error',
  outfile: 'mutation/tests.mjs',
  packages: 'external',
  platform: 'node',
  sourcemap: 'inline',
  target: 'node20',
})
