import { defineConfig } from 'tsup'
import { base } from '../../tsup.base.ts'

export default defineConfig({
  ...base,
  platform: 'node',
  // Origin and members run in processes of their own, so they are files of their own.
  entry: { main: 'src/main.ts', origin: 'src/origin.ts', member: 'src/member.ts' },
})
