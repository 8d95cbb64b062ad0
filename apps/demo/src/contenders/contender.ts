import type { LookupFunction } from 'node:net'
import type { LeverValues } from '../levers.ts'
import type { Contender as ContenderInfo } from '../protocol.ts'

/** One of those who are compared: sends requests over whatever connections it chooses. */
export interface Contender {
  readonly info: ContenderInfo
  /** Open connections now. */
  readonly open: number
  /** Resolves when the whole answer has been read; rejects with why not. */
  get(url: URL, signal: AbortSignal): Promise<void>
  /** Ends its connections and whatever waits. */
  close(): void
}

/** What all of them are set up with, so that only they differ. */
export interface ContenderSetup {
  /** Finds the hosts of the demo, and takes as long as dials are to take. */
  readonly lookup: LookupFunction
  /** In PEM, to be trusted. */
  readonly ca: string | undefined
  readonly levers: LeverValues
  /** How long an idle connection is kept. */
  readonly idleMs: number
}

/** Limits as Node and a pool have them: none is `Infinity`. */
export function limitOf(lever: number): number {
  return lever === 0 ? Number.POSITIVE_INFINITY : lever
}
