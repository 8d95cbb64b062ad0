import * as undici7 from 'undici'
import { builtInUndici } from '../../../src/undici/built-in-undici.ts'

/** Any undici, as far as the tests use it: their types are close, and the same for none. */
export type Undici = typeof undici7

/** undici 8 needs Node 22.19; elsewhere there is no such thing to test. */
export const undici8: Undici | undefined = await import('undici8').then(
  (module) => module as unknown as Undici,
  () => undefined,
)

/** Whose client writes and reads on the connections. */
export const engines: readonly { name: string; undici: object | undefined }[] = [
  { name: 'on the client of undici 7', undici: undici7 },
  { name: 'on the client of undici 8', undici: undici8 },
  { name: 'on the client inside Node', undici: { Client: builtInUndici() } },
]

/** Who dispatches. */
export const callers: readonly {
  name: string
  fetch: typeof undici7.fetch | undefined
  request: typeof undici7.request | undefined
}[] = [
  { name: 'by the fetch of Node', fetch: globalThis.fetch as never, request: undefined },
  { name: 'by undici 7', fetch: undici7.fetch, request: undici7.request },
  { name: 'by undici 8', fetch: undici8?.fetch, request: undici8?.request },
]

export { undici7 }
