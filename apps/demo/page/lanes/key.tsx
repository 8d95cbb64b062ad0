import type { JSX } from 'preact'

/** What the shapes in a lane mean. */
export function Key(): JSX.Element {
  return (
    <ul class="reading">
      <li>
        <svg viewBox="0 0 34 14" width="34" height="14" aria-hidden="true">
          <circle cx="8" cy="7" r="4.5" fill="var(--muted)" />
          <circle cx="25" cy="7" r="6" fill="var(--late)" />
          <circle cx="25" cy="7" r="2.2" fill="var(--panel)" />
        </svg>
        A want in line; ringed once it has waited for more than 100 ms. The first is at the right.
      </li>
      <li>
        <svg viewBox="0 0 34 14" width="34" height="14" aria-hidden="true">
          <rect width="34" height="14" rx="3" fill="var(--track)" />
          <rect width="20" height="14" rx="3" fill="var(--own-dial)" opacity=".45" />
          <rect x="19" width="2" height="14" fill="var(--ink)" />
        </svg>
        A dial, as far as it has come on a logarithmic scale of time: dotted while it looks up the
        address, plain while it connects, striped in the TLS handshake.
      </li>
      <li>
        <svg viewBox="0 0 34 14" width="34" height="14" aria-hidden="true">
          <rect width="15" height="14" rx="3" fill="var(--leased)" />
          <rect x="19" y="7" width="14" height="6.5" fill="var(--cool)" />
          <rect x="19.5" y=".5" width="14" height="13" rx="3" fill="none" stroke="var(--edge)" />
        </svg>
        A connection: filled while it is leased, hollow while it is idle. The level in it sinks as
        it cools down. A ring in the colour of the winner tells that it has just been taken.
      </li>
      <li>
        <svg viewBox="0 0 34 14" width="34" height="14" aria-hidden="true">
          <path d="M12 2l10 10M22 2L12 12" stroke="var(--muted)" stroke-width="2" />
        </svg>
        A connection that was closed; red if it was lost rather than put away.
      </li>
    </ul>
  )
}
