import { getPackedSettings, type Settings } from 'node:http2'
import type { NetAdapterOptions } from '@wantconn/node-adapter'
import { show } from './show.ts'

/** What holds for all sessions of one adapter, and how its sockets are dialed. Durations are in ms, above 0; `Infinity`: never. */
export interface Http2AdapterOptions extends NetAdapterOptions {
  /**
   * What each session tells its peer. Default: no push, and streams with a window of 1 MiB. Those
   * given are added to these.
   */
  settings?: Settings | undefined
  /**
   * Bytes that may be on their way to all streams of a session together. Default 16 MiB. Node makes
   * room again when they have come, read or not: it is the window of the streams that bounds what
   * unread bodies take.
   */
  sessionWindowSize?: number | undefined
  /** Nothing received for this long: the peer is asked whether it is there. Default `Infinity`. */
  pingIntervalMs?: number | undefined
  /** A peer that does not answer in this time is gone, and its streams fail. Default 15,000. */
  pingTimeoutMs?: number | undefined
  /** From the connection to the peer's first SETTINGS. Default 10,000. */
  settingsTimeoutMs?: number | undefined
  /** Streams that a session probably carries at once, until its key has told its own. Default 100. */
  expectedStreams?: number | undefined
}

export interface SessionSettings {
  readonly settings: Settings
  readonly sessionWindowSize: number
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
  readonly settingsTimeoutMs: number
  readonly expectedStreams: number
}

export interface Http2Settings {
  readonly own: SessionSettings
  /** What is left for the dialing of sockets, and is checked there. */
  readonly net: NetAdapterOptions
}

type Check = (name: string, value: unknown) => void

const checks: Record<keyof SessionSettings, Check> = {
  settings: checkSettings,
  sessionWindowSize: checkWindow,
  pingIntervalMs: checkDuration,
  pingTimeoutMs: checkDuration,
  settingsTimeoutMs: checkDuration,
  expectedStreams: checkStreams,
}

const defaults: SessionSettings = {
  settings: { enablePush: false, initialWindowSize: 1024 * 1024 },
  sessionWindowSize: 16 * 1024 * 1024,
  pingIntervalMs: Number.POSITIVE_INFINITY,
  pingTimeoutMs: 15_000,
  settingsTimeoutMs: 10_000,
  expectedStreams: 100,
}

/** The names of all options that are not about the dialing of sockets. */
export const sessionOptionNames: ReadonlySet<string> = new Set(Object.keys(checks))

/** Checks an adapter's own options and fills in the defaults; one given as `undefined` is not given. */
export function resolveHttp2Options(options: Http2AdapterOptions): Http2Settings {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Http2AdapterOptions must be an object; got ${show(options)}`)
  }
  const own: Record<string, unknown> = { ...defaults }
  const net: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(options)) {
    if (!sessionOptionNames.has(name)) {
      net[name] = value
    } else if (value !== undefined) {
      checks[name as keyof SessionSettings](`Http2AdapterOptions.${name}`, value)
      own[name] = value
    }
  }
  own['settings'] = { ...defaults.settings, ...options.settings }
  return { own: Object.freeze(own as unknown as SessionSettings), net }
}

/** A window is 31 bits wide (RFC 9113, section 6.9.1), and 65,535 when a session begins. */
function checkWindow(name: string, value: unknown): void {
  const isIt = Number.isInteger(value) && (value as number) >= 65_535
  if (typeof value !== 'number') throw wrongType(name, 'a number of bytes', value)
  if (!isIt || value > 2 ** 31 - 1) {
    throw new RangeError(`${name} must be a whole number from 65535 to 2147483647; got ${value}`)
  }
}

function checkSettings(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongType(name, 'an object', value)
  // Node knows best what it takes, and says so here rather than at the first dial.
  getPackedSettings(value as Settings)
}

function checkDuration(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrongType(name, 'a number of ms', value)
  if (!(value > 0)) throw new RangeError(`${name} must be above 0, or Infinity; got ${value}`)
}

function checkStreams(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrongType(name, 'a number', value)
  const isIt = value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value > 0)
  if (!isIt) throw new RangeError(`${name} must be a whole number above 0; got ${value}`)
}

function wrongType(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}; got ${show(value)}`)
}
