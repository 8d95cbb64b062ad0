import { defineConfig } from 'tsup'
import { base } from '../../tsup.base.ts'

export default defineConfig({
  ...base,
  platform: 'neutral',
  entry: { index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' },
})
