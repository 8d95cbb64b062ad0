import { answerCases } from './answer-cases.ts'
import { endCases } from './end-cases.ts'
import { errorCases } from './error-cases.ts'
import { handshakeCases } from './handshake-cases.ts'
import type { Kit, Scheme } from './kit.ts'
import { lifeCases } from './life-cases.ts'
import { limitCases } from './limit-cases.ts'
import { optionCases } from './option-cases.ts'
import { reuseCases } from './reuse-cases.ts'
import { socketCases } from './socket-cases.ts'
import { tlsCases } from './tls-cases.ts'
import { waitingCases } from './waiting-cases.ts'
import { wireCases } from './wire-cases.ts'

/** Something that users do with an agent, and what they see of it: the same of both makes, or a row of `docs/migrating.md`. */
export interface ParityCase {
  /** What is the case; the first column of the table. */
  readonly when: string
  readonly only?: Scheme
  /** What can be seen, as plain values in which nothing is by chance. */
  see(kit: Kit): Promise<unknown>
}

export const cases: readonly ParityCase[] = [
  ...answerCases,
  ...reuseCases,
  ...limitCases,
  ...waitingCases,
  ...errorCases,
  ...endCases,
  ...optionCases,
  ...tlsCases,
  ...handshakeCases,
  ...wireCases,
  ...socketCases,
  ...lifeCases,
]
