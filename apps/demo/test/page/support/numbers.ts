import type { Page } from 'playwright-core'
import type { Stage } from '../../../src/stage-state.ts'

/** What the lanes say of themselves, over all of them. */
export interface Counts {
  waiting: number
  dialing: number
  leased: number
  idle: number
}

export function foldedCounts(stage: Stage): Counts {
  const counts: Counts = { waiting: 0, dialing: 0, leased: 0, idle: 0 }
  for (const { waiting, dials, conns } of stage.lanes.values()) {
    counts.waiting += waiting.size
    counts.dialing += dials.size
    for (const { state } of conns.values()) counts[state]++
  }
  return counts
}

export async function shownCounts(page: Page): Promise<Counts> {
  const lanes = await page.locator('.lane-summary').allTextContents()
  const counts: Counts = { waiting: 0, dialing: 0, leased: 0, idle: 0 }
  for (const lane of lanes) {
    const [waiting = 0, dialing = 0, leased = 0, idle = 0] = (lane.match(/\d+/g) ?? []).map(Number)
    counts.waiting += waiting
    counts.dialing += dialing
    counts.leased += leased
    counts.idle += idle
  }
  return counts
}
