import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { Icon } from '../icons.tsx'
import { scenario } from '../state.ts'
import { highlight } from './highlight.ts'

/** The lines that do the same with our packages. */
export function CodeSample(): JSX.Element | null {
  const copied = useSignal(false)
  const code = scenario.value?.code
  if (code === undefined) return null
  const copy = async () => {
    copied.value = await copyText(code)
    setTimeout(() => {
      copied.value = false
    }, 2_000)
  }
  return (
    <section class="panel code" aria-labelledby="code-title">
      <header>
        <h2 id="code-title">In your code</h2>
        <button type="button" class="button quiet" onClick={copy}>
          <Icon name={copied.value ? 'check' : 'copy'} />
          <span aria-live="polite">{copied.value ? 'Copied' : 'Copy'}</span>
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must get there */}
      <pre tabIndex={0}>
        <code>
          {highlight(code).map(({ kind, text }, i) => (
            <span key={i} class={kind}>
              {text}
            </span>
          ))}
        </code>
      </pre>
    </section>
  )
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyOldWay(text)
  }
}

/** The clipboard's API is for secure places only; `http://` of another machine is none. */
function copyOldWay(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
