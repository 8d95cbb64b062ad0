import { batch, computed, signal } from '@preact/signals'
import type { PoolStats } from '@wantconn/pool-core'
import type {
  Command,
  OriginStatus,
  PoolEvent,
  RunInfo,
  ServerStatus,
  ShowClock,
  StreamMessage,
} from '../src/protocol.ts'
import { scenarioOf } from '../src/scenarios.ts'
import { Show } from './fold/show.ts'
import type { Thing } from './fold/story.ts'
import { onFrame } from './frames.ts'
import { calm } from './theme.ts'
import { EventStream, type Link } from './wire/event-stream.ts'
import { send } from './wire/send.ts'

// All that the page knows. What changes with every event is in `show` and is painted with every
// frame; what is told by elements looks at `pulse`, which beats eight times a second.

export const link = signal<Link>('connecting')
export const isOutdated = signal(false)
export const show = signal<Show | undefined>(undefined)
export const run = signal<RunInfo | undefined>(undefined)
/** `your-server` is chosen, and the server knows nothing of it before it is told a URL. */
export const isAskingForUrl = signal(false)
export const scenario = computed(() =>
  scenarioOf(isAskingForUrl.value ? 'your-server' : (run.value?.scenario ?? '')),
)
export const clock = signal<ShowClock | undefined>(undefined)
export const stats = signal<PoolStats | undefined>(undefined)
export const origins = signal<readonly OriginStatus[]>([])
export const server = signal<ServerStatus | undefined>(undefined)
export const selected = signal<Thing | undefined>(undefined)
/** One sentence for the user, until they have had the time to read it. */
export const notice = signal('')
export const pulse = signal(0)

const pulseMs = 125
const calmPulseMs = 1_000
const noticeMs = 7_000

type EventsListener = (events: readonly PoolEvent[]) => void
const eventsListeners = new Set<EventsListener>()

/** Tells what has happened since the frame before; called for every frame. */
export function onEvents(listener: EventsListener): () => void {
  eventsListeners.add(listener)
  return () => eventsListeners.delete(listener)
}

export function start(): void {
  new EventStream('/api/stream', {
    message: take,
    link: (now, restarted) => {
      link.value = now
      if (restarted) say('The demo server was started anew: this is another run.')
    },
    outdated: () => {
      isOutdated.value = true
    },
  })
  let beatAt = 0
  onFrame((now, elapsedMs) => {
    const fresh = advance(elapsedMs)
    for (const listener of eventsListeners) listener(fresh)
    if (now - beatAt < (calm.value ? calmPulseMs : pulseMs)) return
    beatAt = now
    pulse.value++
  })
}

export async function ask(command: Command): Promise<boolean> {
  const reply = await send(command)
  if (!reply.ok) say(reply.error)
  return reply.ok
}

let noticeTimer: ReturnType<typeof setTimeout> | undefined

export function say(words: string): void {
  notice.value = words
  clearTimeout(noticeTimer)
  noticeTimer = setTimeout(() => {
    notice.value = ''
  }, noticeMs)
}

function advance(elapsedMs: number): readonly PoolEvent[] {
  const current = show.peek()
  current?.advance(elapsedMs)
  return current?.takeFresh() ?? []
}

function take(message: StreamMessage): void {
  batch(() => {
    if (message.type === 'snapshot') {
      if (message.run.id !== run.peek()?.id) {
        selected.value = undefined
        isAskingForUrl.value = false
      }
      show.value = new Show(message)
    } else show.peek()?.add(message)
    if (message.run !== undefined) run.value = message.run
    if (message.clock !== undefined) clock.value = message.clock
    if (message.origins !== undefined) origins.value = message.origins
    if (message.server !== undefined) server.value = message.server
    if (message.stats !== undefined) stats.value = message.stats
    else if (message.type === 'snapshot') stats.value = undefined
  })
}
