import { type Clock, systemClock } from './clock.ts'
import { type PoolTrace, traceHooks } from './trace.ts'

/**
 * How a pool behaves. Durations are in ms; `Infinity` means no limit, or never. An unknown name, a
 * value of the wrong type or out of range throws at construction (`TypeError`, `RangeError`). An
 * option given as `undefined` is not given.
 */
export interface PoolOptions<Conn> {
  /** Open and dialing connections of one key. Default `Infinity`. Go: `MaxConnsPerHost`. */
  maxPerKey?: number | undefined
  /** The same over all keys. At the limit, the coldest idle connection makes room. Default `Infinity`. */
  maxTotal?: number | undefined
  /**
   * How long `maxTotal` may hold back a key's oldest want while other keys hand connections over
   * among their own. Longer than this, and the next one that such a key hands over is closed
   * (`evicted`) to make room. A key is given one place in this way, then the time starts again.
   * Default 1,000.
   */
  fairAfterMs?: number | undefined
  /** Idle connections kept for a key; one more closes the coldest of them. 0 keeps none. Default `Infinity`. Go: `MaxIdleConnsPerHost`. */
  maxIdlePerKey?: number | undefined
  /** Idle connections kept in all; the coldest goes first. 0 keeps none. Default 1,024. Go: `MaxIdleConns`. */
  maxIdle?: number | undefined
  /** An idle connection is closed after this. Default 90,000. Go: `IdleConnTimeout`. */
  idleTimeoutMs?: number | undefined
  /** Age at which a connection is not used again. Default `Infinity`. */
  maxLifetimeMs?: number | undefined
  /** The share of `maxLifetimeMs`, 0 to 1, by which it is shortened at random, once for each connection. Default 0.1. */
  lifetimeJitter?: number | undefined
  /** Leases that a connection may serve. Default `Infinity`. */
  maxUses?: number | undefined
  /** A slower dial fails with `ERR_POOL_DIAL_TIMEOUT`. Default 30,000. */
  dialTimeoutMs?: number | undefined
  /**
   * A dial that is expected to be shareable holds others back no longer than this: then one more
   * may start for those in line, and one more after each further `hedgeMs`. Default 300.
   */
  hedgeMs?: number | undefined
  /** A want older than this fails with `ERR_POOL_WANT_TIMEOUT`. Default `Infinity`. */
  acquireTimeoutMs?: number | undefined
  /** Wants waiting for one key; one more fails at once with `ERR_POOL_QUEUE_FULL`. Default `Infinity`. */
  maxWaiting?: number | undefined
  /** Which idle connection is handed out: the warmest (`lifo`) or the coldest (`fifo`). Default `lifo`. */
  idleOrder?: 'lifo' | 'fifo' | undefined
  /** `false`: every lease gets a connection of its own, closed when it ends. Default `true`. */
  reuse?: boolean | undefined
  /** Hooks for everything that happens. Without any, tracing costs nothing. */
  trace?: PoolTrace<Conn> | undefined
  clock?: Clock | undefined
  /** Like `Math.random`, which is the default. */
  random?: (() => number) | undefined
}

/** What one want asks for itself. */
export interface AcquireOptions<Conn> {
  /** Its abort settles a waiting want with `signal.reason`, untouched. The pool keeps no listener on it afterwards. */
  signal?: AbortSignal | undefined
  /** Instead of the pool's `acquireTimeoutMs`. */
  timeoutMs?: number | undefined
  /** Hooks for this want's own events. */
  trace?: PoolTrace<Conn> | undefined
}

/** What one `warm` asks for itself. */
export interface WarmOptions {
  /** Its abort rejects with `signal.reason`. Dials that have begun go on. */
  signal?: AbortSignal | undefined
}

/** What a caller knows about the connection that it gives back. */
export interface ReleaseHint {
  /** Close it after this long idle, if that is sooner than the pool would. */
  idleTimeoutMs?: number | undefined
}

export interface Settings<Conn> {
  readonly maxPerKey: number
  readonly maxTotal: number
  readonly fairAfterMs: number
  readonly maxIdlePerKey: number
  readonly maxIdle: number
  readonly idleTimeoutMs: number
  readonly maxLifetimeMs: number
  readonly lifetimeJitter: number
  readonly maxUses: number
  readonly dialTimeoutMs: number
  readonly hedgeMs: number
  readonly acquireTimeoutMs: number
  readonly maxWaiting: number
  readonly idleOrder: 'lifo' | 'fifo'
  readonly reuse: boolean
  readonly trace: PoolTrace<Conn> | undefined
  readonly clock: Clock
  readonly random: () => number
}

type Check = (name: string, value: unknown) => void

const poolChecks: Record<keyof PoolOptions<object>, Check> = {
  maxPerKey: checkLimit,
  maxTotal: checkLimit,
  fairAfterMs: checkDuration,
  maxIdlePerKey: checkCount,
  maxIdle: checkCount,
  idleTimeoutMs: checkDuration,
  maxLifetimeMs: checkDuration,
  lifetimeJitter: checkShare,
  maxUses: checkLimit,
  dialTimeoutMs: checkDuration,
  hedgeMs: checkDuration,
  acquireTimeoutMs: checkDuration,
  maxWaiting: checkLimit,
  idleOrder: checkIdleOrder,
  reuse: checkBoolean,
  trace: checkTrace,
  clock: (name, value) => checkMethods(name, value, ['now', 'setTimeout', 'clearTimeout']),
  random: checkFunction,
}

const acquireChecks: Record<keyof AcquireOptions<object>, Check> = {
  signal: checkSignal,
  timeoutMs: checkDuration,
  trace: checkTrace,
}

const releaseChecks: Record<keyof ReleaseHint, Check> = { idleTimeoutMs: checkDuration }

const warmChecks: Record<keyof WarmOptions, Check> = { signal: checkSignal }

const defaults: Settings<never> = {
  maxPerKey: Number.POSITIVE_INFINITY,
  maxTotal: Number.POSITIVE_INFINITY,
  fairAfterMs: 1_000,
  maxIdlePerKey: Number.POSITIVE_INFINITY,
  maxIdle: 1_024,
  idleTimeoutMs: 90_000,
  maxLifetimeMs: Number.POSITIVE_INFINITY,
  lifetimeJitter: 0.1,
  maxUses: Number.POSITIVE_INFINITY,
  dialTimeoutMs: 30_000,
  hedgeMs: 300,
  acquireTimeoutMs: Number.POSITIVE_INFINITY,
  maxWaiting: Number.POSITIVE_INFINITY,
  idleOrder: 'lifo',
  reuse: true,
  trace: undefined,
  clock: systemClock,
  random: Math.random,
}

/** Checks a pool's options and fills in the defaults; one given as `undefined` is not given. */
export function resolveOptions<Conn>(options: PoolOptions<Conn> = {}): Settings<Conn> {
  checkOptions('PoolOptions', options, poolChecks)
  const settings: Record<string, unknown> = { ...defaults }
  for (const name in options)
    settings[name] = options[name as keyof typeof options] ?? settings[name]
  return Object.freeze(settings as unknown as Settings<Conn>)
}

export function checkAcquireOptions(options: AcquireOptions<never>): void {
  checkOptions('AcquireOptions', options, acquireChecks)
}

export function checkWarmOptions(options: WarmOptions): void {
  checkOptions('WarmOptions', options, warmChecks)
}

/** How many connections `warm` may be asked for: not more than there may ever be. */
export function checkWarmCount(count: unknown, settings: Settings<never>): void {
  checkLimit('warm() count', count)
  const { maxPerKey, maxTotal, reuse } = settings
  if (!reuse) throw new TypeError('warm() of a pool with reuse: false, where nothing stays open')
  const most = Math.min(maxPerKey, maxTotal)
  if ((count as number) > most || count === Number.POSITIVE_INFINITY) {
    const limit = maxPerKey <= maxTotal ? 'maxPerKey' : 'maxTotal'
    throw outOfRange('warm() count', `at most ${most} (${limit}) and finite`, count)
  }
}

export function checkAdapter(adapter: unknown): void {
  checkMethods('adapter', adapter, ['key', 'dial', 'close'])
  for (const name of ['isBroken', 'onIdle', 'onLease', 'expectedCapacity'] as const) {
    const member = (adapter as Record<string, unknown>)[name]
    if (member !== undefined) checkFunction(`adapter.${name}`, member)
  }
}

export function checkReleaseHint(hint: ReleaseHint): void {
  if (!isUsualHint(hint)) checkOptions('release() hint', hint, releaseChecks)
}

/** Right at a glance: many a lease ends with a hint. */
function isUsualHint(hint: ReleaseHint | null): boolean {
  const ms: unknown = hint?.idleTimeoutMs
  if (typeof ms !== 'number' || !(ms > 0)) return false
  for (const name in hint) if (name !== 'idleTimeoutMs') return false
  return true
}

/** A key, where a pool is asked about one. */
export function checkKey(name: string, key: unknown): void {
  if (typeof key !== 'string') throw wrongType(name, 'a string', key)
}

/** A capacity that an adapter told: a whole number from `least` on, or `Infinity`. */
export function checkCapacity(name: string, value: unknown, least: number): void {
  checkWhole(name, value, least)
}

function checkDuration(name: string, value: unknown): void {
  checkNumber(name, value)
  if (!((value as number) > 0)) throw outOfRange(name, 'a number of ms above 0, or Infinity', value)
}

function checkOptions(what: string, options: unknown, checks: Record<string, Check>): void {
  if (typeof options !== 'object' || options === null) throw wrongType(what, 'an object', options)
  for (const name in options) {
    const value = (options as Record<string, unknown>)[name]
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined
    if (check === undefined) {
      throw new TypeError(
        `unknown option ${what}.${name} (${show(value)}); known are ${Object.keys(checks).join(', ')}`,
      )
    }
    if (value !== undefined) check(`${what}.${name}`, value)
  }
}

function checkLimit(name: string, value: unknown): void {
  checkWhole(name, value, 1)
}

function checkCount(name: string, value: unknown): void {
  checkWhole(name, value, 0)
}

function checkWhole(name: string, value: unknown, least: number): void {
  checkNumber(name, value)
  const number = value as number
  const isWhole = Number.isInteger(number) || number === Number.POSITIVE_INFINITY
  if (!isWhole || number < least) {
    throw outOfRange(name, `a whole number from ${least} on, or Infinity`, value)
  }
}

/** A share of something: what `lifetimeJitter` is, and what `random` returns. */
export function checkShare(name: string, value: unknown): void {
  checkNumber(name, value)
  const number = value as number
  if (!(number >= 0 && number <= 1)) throw outOfRange(name, 'a number from 0 to 1', value)
}

function checkNumber(name: string, value: unknown): void {
  if (typeof value !== 'number') throw wrongType(name, 'a number', value)
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(name, 'true or false', value)
}

function checkIdleOrder(name: string, value: unknown): void {
  if (typeof value !== 'string') throw wrongType(name, "'lifo' or 'fifo'", value)
  if (value !== 'lifo' && value !== 'fifo') throw outOfRange(name, "'lifo' or 'fifo'", value)
}

function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(name, 'a function', value)
}

function checkMethods(name: string, value: unknown, methods: readonly string[]): void {
  if (typeof value !== 'object' || value === null) throw wrongType(name, 'an object', value)
  for (const method of methods) {
    checkFunction(`${name}.${method}`, (value as Record<string, unknown>)[method])
  }
}

function checkSignal(name: string, value: unknown): void {
  const signal = value as Partial<AbortSignal> | null
  const isSignal =
    typeof signal === 'object' &&
    signal !== null &&
    typeof signal.aborted === 'boolean' &&
    typeof signal.addEventListener === 'function' &&
    typeof signal.removeEventListener === 'function'
  if (!isSignal) throw wrongType(name, 'an AbortSignal', value)
}

function checkTrace(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongType(name, 'an object', value)
  const hooks = value as Record<string, unknown>
  for (const hook in hooks) {
    // A trace may keep state beside its hooks; a function that is none of them is a misspelt hook.
    const isKnown = (traceHooks as readonly string[]).includes(hook)
    if (!isKnown && typeof hooks[hook] === 'function') {
      throw new TypeError(
        `unknown hook ${name}.${hook} (${show(hooks[hook])}); known are ${traceHooks.join(', ')}`,
      )
    }
  }
  for (const hook of traceHooks) {
    if (hooks[hook] !== undefined) checkFunction(`${name}.${hook}`, hooks[hook])
  }
}

export function wrongType(name: string, wanted: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${wanted}; got ${show(value)}`)
}

function outOfRange(name: string, wanted: string, value: unknown): RangeError {
  return new RangeError(`${name} must be ${wanted}; got ${show(value)}`)
}

/** A value as an error message shows it: short, and without calling anything of the value's own. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value))
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
