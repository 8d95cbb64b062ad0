import { brokenLaws } from './broken.ts'
import { closeLaws } from './close.ts'
import { dialLaws } from './dial.ts'
import { idleLaws } from './idle.ts'
import { keyLaws } from './key.ts'
import type { LawSpec } from './law-spec.ts'
import { leakLaws } from './leaks.ts'
import { linkLaws } from './link.ts'
import { uncaughtLaws } from './uncaught.ts'

/** The law book, family after family. */
export const lawBook: readonly LawSpec[] = [
  ...keyLaws,
  ...dialLaws,
  ...closeLaws,
  ...linkLaws,
  ...brokenLaws,
  ...idleLaws,
  ...leakLaws,
  ...uncaughtLaws,
]
