import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { ShowClock } from '../../src/protocol.ts'
import { Icon, type IconName } from '../icons.tsx'
import { ask, clock, pulse, say, show } from '../state.ts'
import { moment } from '../story/words.ts'

const speeds = [0.1, 0.25, 0.5, 1, 2, 5] as const

const modeLabel: Readonly<Record<ShowClock['mode'], string>> = {
  live: 'Live',
  paused: 'Paused',
  replaying: 'Replay',
}

/** Pause, step, replay, and where in the recording the show is. */
export function Transport(): JSX.Element {
  const speed = useSignal(1)
  const mode = clock.value?.mode ?? 'live'
  return (
    <section class="transport" aria-label="Playback">
      <div class="buttons">
        {mode === 'live' ? (
          <Action icon="pause" label="Pause" run={() => ask({ command: 'pause' })} />
        ) : (
          <Action icon="play" label="Back to live" run={() => ask({ command: 'resume' })} />
        )}
        <Action icon="step" label="Step" run={() => ask({ command: 'step' })} />
        <Action
          icon="replay"
          label="Replay"
          run={() => ask({ command: 'replay', speed: speed.value })}
        />
        <Action icon="restart" label="Start over" run={() => ask({ command: 'restart' })} />
        <Action icon="link" label="Copy link" run={copyLink} />
      </div>
      <div class="timeline">
        <output class={`mode ${mode}`}>{modeLabel[mode]}</output>
        <Position speed={speed.value} />
        <label class="speed">
          <span>Speed</span>
          <select
            value={String(speed.value)}
            onChange={({ currentTarget }) => {
              speed.value = Number(currentTarget.value)
              if (mode === 'replaying') replayFrom(show.value?.t, speed.value)
            }}
          >
            {speeds.map((value) => (
              <option key={value} value={String(value)}>
                {value}×
              </option>
            ))}
          </select>
        </label>
      </div>
    </section>
  )
}

interface ActionProps {
  readonly icon: IconName
  readonly label: string
  readonly run: () => void
}

function Action({ icon, label, run }: ActionProps): JSX.Element {
  return (
    <button type="button" class="button" onClick={run}>
      <Icon name={icon} />
      {label}
    </button>
  )
}

/** Moving it replays from there. */
function Position({ speed }: { speed: number }): JSX.Element {
  pulse.value
  const t = show.value?.t ?? 0
  const { recordedFrom = 0, recordedTo = 0, mode = 'live' } = clock.value ?? {}
  const max = Math.max(recordedTo, mode === 'live' ? t : 0)
  const from = Math.max(recordedFrom, mode === 'live' ? max - 60_000 : 0)
  return (
    <>
      <input
        type="range"
        aria-label="Position in the recording"
        aria-valuetext={moment(t)}
        min={Math.round(from)}
        max={Math.round(max)}
        value={Math.round(t)}
        onChange={({ currentTarget }) => replayFrom(currentTarget.valueAsNumber, speed)}
      />
      <span class="time">{(t / 1_000).toFixed(1)} s</span>
    </>
  )
}

function replayFrom(from: number | undefined, speed: number): void {
  ask({ command: 'replay', speed, ...(from !== undefined && { from }) })
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href)
    say('The link to this scenario is copied.')
  } catch {
    say(`The link to this scenario: ${location.href}`)
  }
}
