import { connect, type Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { onTestFinished } from 'vitest'
import { PoolDispatcher, type PoolDispatcherOptions } from '../../../src/undici/index.ts'

/** A dispatcher that is destroyed when the test is over. */
export function newDispatcher(options: PoolDispatcherOptions | object = {}): PoolDispatcher {
  const dispatcher = new PoolDispatcher(options as PoolDispatcherOptions)
  onTestFinished(() => dispatcher.destroy())
  return dispatcher
}

/** What `fetch` takes, whichever fetch it is: the types of dispatchers differ from undici to undici. */
export function by(dispatcher: object): { dispatcher: never } {
  return { dispatcher: dispatcher as never }
}

export interface GatedDial {
  /** Connects, and brings the socket once it is connected. */
  finish(): void
  fail(error: Error): void
}

/** A dispatcher whose dials wait until the test finishes or fails them. */
export function newGatedDispatcher(options: object = {}): {
  dispatcher: PoolDispatcher
  dials: GatedDial[]
} {
  const dials: GatedDial[] = []
  const dispatcher = newDispatcher({
    ...options,
    connect: ({ hostname, port }: { hostname: string; port: string }, done: Done) => {
      dials.push({
        finish() {
          const socket = connect({ host: hostname, port: Number(port) })
          socket.once('connect', () => done(null, socket))
        },
        fail: (error) => done(error, null),
      })
    },
  })
  return { dispatcher, dials }
}

type Done = (error: Error | null, socket: Socket | null) => void

export interface Dispatched {
  /** What `dispatch` returned. */
  readonly isWilling: boolean
  /** The calls of the handler, by name, in their order. */
  readonly calls: string[]
  abort(reason?: Error): void
  /** How it ended: with its status and its body, or with its error. */
  readonly ended: Promise<{ status: number; body: string }>
}

/** Dispatches with a handler of the older or of the newer generation, which writes down its calls. */
export function dispatch(
  dispatcher: Dispatcher | PoolDispatcher,
  options: object,
  generation: 'old' | 'new' = 'new',
  extra: object = {},
): Dispatched {
  const calls: string[] = []
  let abort = (_reason?: Error): void => {}
  let status = 0
  let body = ''
  let resolve: (value: { status: number; body: string }) => void
  let reject: (error: unknown) => void
  const ended = new Promise<{ status: number; body: string }>((...both) => {
    ;[resolve, reject] = both
  })
  ended.catch(() => {})
  const note =
    <Args extends unknown[]>(name: string, run: (...args: Args) => void) =>
    (...args: Args): void => {
      calls.push(name)
      run(...args)
    }
  const older = {
    onConnect: note('start', (stop: typeof abort) => {
      abort = stop
    }),
    onHeaders: note('head', (code: number) => {
      status = code
    }),
    onData: note('data', (chunk: Buffer) => {
      body += chunk
    }),
    onComplete: note('end', () => resolve({ status, body })),
    onError: note('error', (error: unknown) => reject(error)),
  }
  const newer = {
    onRequestStart: note('start', (control: { abort: typeof abort }) => {
      abort = (reason) => control.abort(reason)
    }),
    onResponseStart: note('head', (_: unknown, code: number) => {
      status = code
    }),
    onResponseData: note('data', (_: unknown, chunk: Buffer) => {
      body += chunk
    }),
    onResponseEnd: note('end', () => resolve({ status, body })),
    onResponseError: note('error', (_: unknown, error: unknown) => reject(error)),
  }
  const handler = { ...(generation === 'old' ? older : newer), ...extra }
  const isWilling = dispatcher.dispatch(
    { path: '/', method: 'GET', ...options } as never,
    handler as never,
  )
  return { isWilling, calls, abort: (reason) => abort(reason), ended }
}
