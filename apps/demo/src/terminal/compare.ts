import { messageOf } from '../message-of.ts'
import { aborted } from './aborted.ts'
import { drive, type PeerResult } from './drive.ts'
import { httpAgent } from './peers/http-agent.ts'
import type { PeerKind } from './peers/peer.ts'
import { undiciPool } from './peers/undici-pool.ts'
import { wantconnAgent } from './peers/wantconn-agent.ts'
import type { Progress } from './report/progress.ts'
import { type Route, routeTo } from './slow-dial.ts'
import { type TrafficPlan, totalOf } from './traffic-plan.ts'

export const peers: readonly PeerKind[] = [httpAgent, undiciPool, wantconnAgent]

/** Sends the same traffic through one peer after the other, so that none disturbs another. */
export async function compare(
  route: Route,
  plan: TrafficPlan,
  progress: Progress,
  signal: AbortSignal,
): Promise<PeerResult[]> {
  await warmUp(route, plan, signal)
  const results: PeerResult[] = []
  for (const kind of peers) {
    progress.begin(kind.name, totalOf(plan))
    const onRequest = (): void => progress.step()
    results.push(await drive(kind, route, plan, { signal, onRequest }))
  }
  return results
}

/** A server that cannot be reached is an error now, and not three tables full of errors later. */
export async function checkReachable(url: URL, signal: AbortSignal): Promise<void> {
  const peer = httpAgent.start(routeTo(url, 0))
  try {
    await Promise.race([peer.get(), aborted(signal)])
  } catch (error) {
    throw new Error(`cannot reach ${url.href}: ${messageOf(error)}`)
  } finally {
    peer.close()
  }
}

/** Unmeasured bursts for each: the first peer would else pay for the compiling of all, the server's too. */
async function warmUp(route: Route, plan: TrafficPlan, signal: AbortSignal): Promise<void> {
  const size = Math.min(40, Math.max(...plan.bursts))
  const unmeasured = { bursts: Array.from({ length: 4 }, () => size), everyMs: 50 }
  for (const kind of peers) await drive(kind, route, unmeasured, { signal, onRequest: () => {} })
}
