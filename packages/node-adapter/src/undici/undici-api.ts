import { installedUndici } from './installed-undici.ts'

/** What undici adds to each of its dispatchers: all of it ends in `dispatch`. */
const apiNames = ['request', 'stream', 'pipeline', 'connect', 'upgrade'] as const

const names: ReadonlySet<unknown> = new Set(apiNames)

export function isApiName(name: unknown): boolean {
  return names.has(name)
}

type Api = Record<string, (...args: unknown[]) => unknown>

/** They are undici's own, from the one that is installed: there is none inside Node. */
export function defineUndiciApi(prototype: object): void {
  for (const name of apiNames) {
    Object.defineProperty(prototype, name, {
      value(this: object, ...args: unknown[]) {
        return apiOf(name).apply(this, args)
      },
      writable: true,
      configurable: true,
    })
  }
}

function apiOf(name: string): (...args: unknown[]) => unknown {
  const { Dispatcher } = installedUndici() ?? {}
  const api = (Dispatcher as { prototype: Api } | undefined)?.prototype[name]
  if (api !== undefined) return api
  throw new Error(`dispatcher.${name}() is undici's: install undici 7 or 8`)
}
