import type { ConnStory, DialStory, Story, Thing, WantStory } from '../fold/story.ts'
import {
  closeSentence,
  count,
  duration,
  endingSentence,
  fateLabel,
  moment,
  phaseLabel,
} from './words.ts'

/** A sentence of a history: words, and things that one may go on to. */
export type Telling = readonly (string | { readonly thing: Thing; readonly label: string })[]

export interface Told {
  readonly title: string
  readonly lines: readonly Telling[]
}

export function tell(story: Story, now: number): Told {
  if (story.kind === 'want') return { title: `Want ${story.id}`, lines: wantLines(story, now) }
  if (story.kind === 'dial') return { title: `Dial ${story.id}`, lines: dialLines(story, now) }
  return { title: `Connection ${story.id}`, lines: connLines(story, now) }
}

/** All of it in a few words, for who does not see the picture. */
export function brief(story: Story, now: number): string {
  const { title, lines } = tell(story, now)
  const first = lines[0] ?? []
  const words = first.map((part) => (typeof part === 'string' ? part : part.label)).join('')
  return `${title}: ${words}`
}

function wantLines(want: WantStory, now: number): readonly Telling[] {
  const who = want.request === 0 ? 'a request that was sent again' : `request ${want.request}`
  const stated: Telling = [`Stated at ${moment(want.statedAt)} by ${who}.`]
  if (want.settledAt === undefined) {
    return [[`In line for ${duration(now - want.statedAt)} so far.`], stated]
  }
  const waited = duration(want.waitedMs ?? 0)
  if (want.error !== undefined) return [[`Failed after ${waited}: ${want.error}.`], stated]
  const end: Telling = [
    `Settled after ${waited}. The race was won by ${endingSentence[want.by ?? 'failed']}.`,
  ]
  return [end, stated, ['It got ', conn(want.conn), ...broughtBy(want.dial), '.']]
}

function broughtBy(dial: number | undefined): Telling {
  return dial === undefined ? [] : [', fresh from ', dialLink(dial)]
}

function dialLines(dial: DialStory, now: number): readonly Telling[] {
  const began: Telling = [`Began at ${moment(dial.since)}: ${phases(dial, now)}.`]
  if (dial.endedAt === undefined) {
    return [[`In flight for ${duration(now - dial.since)} so far.`], began]
  }
  const took = duration(dial.durationMs ?? 0)
  const late: Telling[] = dial.surplus
    ? [['Surplus: the want that it was begun for had been settled before.']]
    : []
  if (dial.conn === undefined) return [[`Failed after ${took}: ${dial.error}.`], began, ...late]
  return [
    [`Connected after ${took}, and ${fateLabel[dial.fate]}.`],
    began,
    ...late,
    ['It brought ', conn(dial.conn), ...servedFirst(dial), '.'],
  ]
}

function servedFirst({ want, request }: DialStory): Telling {
  if (want === undefined) return []
  return [', which served ', wantLink(want), ` (request ${request}) first`]
}

function phases({ phases, endedAt, fate }: DialStory, now: number): string {
  const end = endedAt ?? now
  const words = phases.map(({ phase, t }, i) => {
    const next = phases[i + 1]?.t ?? end
    return `${phaseLabel[phase]} ${duration(Math.max(0, next - t))}`
  })
  return words.join(', ') + (fate === 'flying' ? ' and counting' : '')
}

function connLines(story: ConnStory, now: number): readonly Telling[] {
  const port = story.port === undefined ? '' : ` from port ${story.port}`
  const opened: Telling = [
    `Opened at ${moment(story.openedAt)}${port} by `,
    dialLink(story.dial),
    `; ${count(story.uses, 'use')} since.`,
  ]
  return [[connState(story, now)], opened]
}

function connState(story: ConnStory, now: number): string {
  if (story.closedAt !== undefined) {
    const error = story.error === undefined ? '' : ` (${story.error})`
    return `Closed at ${moment(story.closedAt)}: ${closeSentence(story.reason ?? '')}${error}.`
  }
  if (story.idleSince !== undefined) return `Idle for ${duration(now - story.idleSince)}.`
  const [use] = story.recent.latest(1)
  return use === undefined
    ? 'In use.'
    : `In use by request ${use.request} for ${duration(now - use.t)}.`
}

function conn(id: number | undefined): Telling[number] {
  return id === undefined ? 'nothing' : { thing: { kind: 'conn', id }, label: `connection ${id}` }
}

function dialLink(id: number): Telling[number] {
  return { thing: { kind: 'dial', id }, label: `dial ${id}` }
}

function wantLink(id: number): Telling[number] {
  return { thing: { kind: 'want', id }, label: `want ${id}` }
}
