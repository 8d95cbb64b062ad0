import { defineConfig } from 'tsup'
import { base } from '../../tsup.base.ts'

export default defineConfig({
  ...base,
  platform: 'node',
  // An origin runs in a process of its own, so it is a file of its own.
  entry: { main: 'src/main.ts', 'origin-process': 'src/origin/origin-process.ts' },
})
