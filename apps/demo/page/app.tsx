import type { JSX } from 'preact'
import { CodeSample } from './controls/code-sample.tsx'
import { Faults } from './controls/faults.tsx'
import { LeverPanel } from './controls/lever-panel.tsx'
import { ScenarioTabs } from './controls/scenario-tabs.tsx'
import { Transport } from './controls/transport.tsx'
import { Visit } from './controls/visit.tsx'
import { Icon } from './icons.tsx'
import { Inspector } from './lanes/inspector.tsx'
import { RacePanel } from './race/race-panel.tsx'
import { isAskingForUrl, isOutdated, link, notice, scenario, server } from './state.ts'
import { Books } from './story/books.tsx'
import { LedgerPanel } from './story/ledger.tsx'
import { nextTheme, theme } from './theme.ts'

export function App(): JSX.Element {
  return (
    <>
      <a class="skip" href="#main">
        To the show
      </a>
      <Top />
      <ScenarioTabs />
      <main id="main">
        <Away />
        <Intro />
        <div class="controls">
          <Visit />
          <LeverPanel />
          <Faults />
        </div>
        {isAskingForUrl.value ? <CodeSample /> : <Stage />}
      </main>
      <Bottom />
      <p class="notice" role="status">
        {notice.value}
      </p>
    </>
  )
}

function Stage(): JSX.Element {
  return (
    <>
      <div class="stage">
        <Inspector />
        <RacePanel />
      </div>
      <div class="below">
        <LedgerPanel />
        <div class="column">
          <CodeSample />
          <Books />
        </div>
      </div>
    </>
  )
}

function Top(): JSX.Element {
  const name = { auto: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' }
  const icon = { auto: 'auto', light: 'sun', dark: 'moon' } as const
  return (
    <header class="top">
      <p class="brand">
        <svg viewBox="0 0 34 16" width="34" height="16" aria-hidden="true">
          <circle cx="5" cy="8" r="4" />
          <path d="M12 8h8" />
          <rect x="23" y="2" width="10" height="12" rx="3" />
        </svg>
        Wantconn
      </p>
      <p class="tagline">See a want being settled</p>
      <LinkState />
      <button type="button" class="button quiet" onClick={nextTheme}>
        <Icon name={icon[theme.value]} />
        <span class="theme-name">{name[theme.value]}</span>
      </button>
    </header>
  )
}

function LinkState(): JSX.Element {
  const words = { connecting: 'Connecting', live: 'Connected', away: 'Server away' }
  return (
    <p class={`link ${link.value}`} role="status">
      {words[link.value]}
    </p>
  )
}

function Away(): JSX.Element | null {
  if (isOutdated.value) {
    return (
      <p class="banner" role="alert">
        The server speaks another version than this page.{' '}
        <button type="button" class="button" onClick={() => location.reload()}>
          Reload
        </button>
      </p>
    )
  }
  if (link.value !== 'away') return null
  return (
    <p class="banner" role="alert">
      The demo server does not answer; this is what was known last. The page connects again by
      itself as soon as <code>npm run demo</code> runs.
    </p>
  )
}

function Intro(): JSX.Element {
  return (
    <div class="intro">
      <div>
        <h1>{scenario.value?.title ?? 'Connecting to the demo server'}</h1>
        <p class="caption">{scenario.value?.caption ?? 'One moment.'}</p>
        {(scenario.value?.contenders.length ?? 0) > 1 && <Idea />}
      </div>
      {!isAskingForUrl.value && <Transport />}
    </div>
  )
}

/** What all of this is about, for who has never heard of it. */
function Idea(): JSX.Element {
  return (
    <p class="idea">
      With <code>http.Agent</code> and undici, a request that began a dial waits for that dial.{' '}
      <strong>Late binding</strong>: here it takes whatever is ready first, and the dial, once done,
      serves the next.
    </p>
  )
}

function Bottom(): JSX.Element {
  const status = server.value
  const isBusy = (status?.lagMs ?? 0) > 20
  return (
    <footer class="bottom">
      {status !== undefined && (
        <p>
          Server up for {Math.round(status.uptimeMs / 1_000)} s, heap {Math.round(status.heapMb)}{' '}
          MB, timers at most {Math.round(status.lagMs)} ms late
          {isBusy && <strong>: this machine is busy, and the figures tell of that, too</strong>}.
        </p>
      )}
      <p>
        Everything here happens on this machine: real sockets on loopback, the same requests at the
        same moments for each contender.
      </p>
    </footer>
  )
}
