import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { linkedUrl } from '../address.ts'
import { run, scenario } from '../state.ts'
import { send } from '../wire/send.ts'

/** Where the user's own server is, and how often to ask it. */
export function Visit(): JSX.Element | null {
  const url = useSignal('')
  const perSecond = useSignal(2)
  const wrong = useSignal('')
  useSignalEffect(() => {
    const known = linkedUrl.value || run.value?.url
    if (known !== undefined) url.value = known
  })
  if (scenario.value?.id !== 'your-server') return null
  const visit = async (event: Event) => {
    event.preventDefault()
    const reply = await send({ command: 'visit', url: url.value, perSecond: perSecond.value })
    wrong.value = reply.ok ? '' : reply.error
    if (reply.ok) linkedUrl.value = ''
  }
  return (
    <form class="visit" onSubmit={visit} noValidate>
      <label class="field">
        <span>URL of a server on this machine or in your network</span>
        <input
          type="url"
          name="url"
          placeholder="http://localhost:3000/"
          autocomplete="url"
          value={url.value}
          aria-invalid={wrong.value !== ''}
          aria-describedby="visit-error"
          onInput={({ currentTarget }) => {
            url.value = currentTarget.value
          }}
        />
      </label>
      <label class="field short">
        <span>Requests a second</span>
        <select
          value={String(perSecond.value)}
          onChange={({ currentTarget }) => {
            perSecond.value = Number(currentTarget.value)
          }}
        >
          {[1, 2, 3, 4, 5].map((n) => (
            <option key={n} value={String(n)}>
              {n}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button primary">
        {run.value?.url === undefined ? 'Visit it' : 'Visit again'}
      </button>
      <p id="visit-error" class="error" role="alert">
        {wrong.value}
      </p>
    </form>
  )
}
