import { expect, test } from 'vitest'
import { read } from './repository.ts'

test('.ci/run runs each part of `npm run check`', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const run = read('.ci/run')
  const parts = scripts['check']?.split(' && ') ?? []

  expect(parts).toContain('npm test')
  // `npm test` builds first.
  for (const part of parts.filter((command) => command !== 'npm run build')) {
    expect(run).toMatch(new RegExp(`^[a-z]+ '${part}' (${part}|gates)`, 'm'))
  }
})
