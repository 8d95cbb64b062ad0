import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import {
  type ChoiceLever,
  type Lever,
  type LeverName,
  type LeverValues,
  leverOf,
  type NumberLever,
} from '../../src/levers.ts'
import { ask, run, scenario } from '../state.ts'

/** While a lever is being moved it speaks up no more often than this. */
const everyMs = 150

export function LeverPanel(): JSX.Element | null {
  const current = run.value
  const names = scenario.value?.levers ?? []
  if (current === undefined || names.length === 0) return null
  return (
    <fieldset class="levers">
      <legend>Levers</legend>
      {names.map((name) => (
        <LeverField key={`${current.scenario} ${name}`} name={name} values={current.levers} />
      ))}
    </fieldset>
  )
}

function LeverField({
  name,
  values,
}: {
  name: LeverName
  values: LeverValues
}): JSX.Element | null {
  const lever = leverOf(name)
  if (lever === undefined) return null
  return lever.kind === 'choice' ? (
    <Choice lever={lever} value={String(values[name])} />
  ) : (
    <Slider lever={lever} value={Number(values[name])} />
  )
}

function Choice({ lever, value }: { lever: ChoiceLever; value: string }): JSX.Element {
  return (
    <label class="lever">
      <span class="lever-name">{lever.label}</span>
      <select value={value} onChange={({ currentTarget }) => pull(lever, currentTarget.value)}>
        {lever.choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Shows what the user is setting until the server has it. */
function Slider({ lever, value }: { lever: NumberLever; value: number }): JSX.Element {
  const held = useSignal<number | undefined>(undefined)
  const saidAt = useSignal(0)
  const shown = held.value ?? value
  const input = (to: number) => {
    held.value = to
    if (lever.restarts || performance.now() - saidAt.peek() < everyMs) return
    saidAt.value = performance.now()
    pull(lever, to)
  }
  const change = async (to: number) => {
    held.value = to
    await pull(lever, to)
    held.value = undefined
  }
  return (
    <label class="lever">
      <span class="lever-name">{lever.label}</span>
      <span class="lever-value" aria-hidden="true">
        {valueText(lever, shown)}
      </span>
      <input
        type="range"
        min={lever.min}
        max={lever.max}
        step={lever.step}
        value={shown}
        aria-valuetext={valueText(lever, shown)}
        onInput={({ currentTarget }) => input(currentTarget.valueAsNumber)}
        onChange={({ currentTarget }) => change(currentTarget.valueAsNumber)}
      />
    </label>
  )
}

function valueText({ zero, unit }: NumberLever, value: number): string {
  if (value === 0 && zero !== undefined) return zero
  return unit === 'ms' ? `${value} ms` : `${value}${unit}`
}

function pull(lever: Lever, value: number | string): Promise<boolean> {
  return ask({ command: 'lever', levers: { [lever.name]: value } })
}
