import { defineConfig } from 'tsup'
import { base } from '../../tsup.base.ts'

export default defineConfig({
  ...base,
  platform: 'node',
  entry: {
    index: 'src/index.ts',
    'agent/index': 'src/agent/index.ts',
    'undici/index': 'src/undici/index.ts',
    diagnostics: 'src/diagnostics.ts',
    'opentelemetry/index': 'src/opentelemetry/index.ts',
  },
})
