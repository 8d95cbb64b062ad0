import { expect, test } from 'vitest'
import { read } from './repository.ts'

test('.ci/run runs each part of `npm run check`', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const run = read('.ci/run')
  const parts = scripts['check']?.split(' && ') ?? []

  expect(parts).toContain('npm test')
  // `npm test` builds first.
  for (const part of parts.filter((command) => command !== 'npm run build')) {
    const command = part === 'npm run gates' ? 'gates' : part
    expect(run).toMatch(new RegExp(`^(step|tests) '${part}' ${command}( --)?$`, 'm'))
  }
})
