import { expect, test } from 'vitest'
import { leverOf, whyNot } from '../../src/levers.ts'
import { linkTo, readLink } from '../../src/scenario-link.ts'
import { leversOf, scenarioOf, scenarios } from '../../src/scenarios.ts'

test.each(scenarios.map((scenario) => [scenario.id, scenario] as const))(
  '%s has levers that there are with values that they take, one sentence and about ten lines of code',
  (_, scenario) => {
    for (const name of scenario.levers) expect(leverOf(name)).toBeDefined()
    for (const [name, value] of Object.entries(leversOf(scenario))) {
      const lever = leverOf(name)!
      expect(value === 0 && 'zero' in lever ? undefined : whyNot(lever, value)).toBeUndefined()
    }
    expect(scenario.caption).toMatch(/^[^.]+\.$/)
    const lines = scenario.code.split('\n').filter((line) => line !== '')
    expect(lines.length).toBeGreaterThanOrEqual(6)
    expect(lines.length).toBeLessThanOrEqual(12)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(75)
  },
)

test('a server of the user gets one request at a time, and no delay is added to its dials', () => {
  expect(leversOf(scenarioOf('your-server')!)).toMatchObject({
    shape: 'steady',
    perSecond: 2,
    dialDelayMs: 0,
  })
})

test('a link names what differs from the scenario, and reads back the same', () => {
  const levers = { ...leversOf(scenarioOf('burst')!), dialDelayMs: 500, protocol: 'https' as const }

  const link = linkTo('burst', levers)

  expect(link).toBe('?scenario=burst&dialDelayMs=500&protocol=https')
  expect(readLink(link)).toEqual({
    scenario: 'burst',
    levers: { dialDelayMs: 500, protocol: 'https' },
  })
})

test('a link to your server has its URL', () => {
  const link = linkTo(
    'your-server',
    leversOf(scenarioOf('your-server')!),
    'http://localhost:1/?a=b',
  )

  expect(readLink(link)).toEqual({
    scenario: 'your-server',
    levers: {},
    url: 'http://localhost:1/?a=b',
  })
})

test('what makes no sense in a link is left out', () => {
  expect(readLink('?scenario=nothing')).toBeUndefined()
  expect(readLink('')).toBeUndefined()
  expect(readLink('?scenario=burst&dialDelayMs=-1&workMs=1e9&protocol=h9&hosts=2&x=y')).toEqual({
    scenario: 'burst',
    levers: {},
  })
})
