import { defineConfig } from 'tsup'
import { base } from '../tsup.base.ts'

export default defineConfig({
  ...base,
  platform: 'node',
  entry: {
    main: 'src/main.ts',
    child: 'src/child.ts',
    origin: 'src/agent/origin.ts',
    'http2-origin': 'src/http2/origin.ts',
    'simulate-worker': 'src/simulate/worker.ts',
  },
})
