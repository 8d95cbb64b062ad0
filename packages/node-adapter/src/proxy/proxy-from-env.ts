import { BlockList, isIP, isIPv4 } from 'node:net'
import { show } from '../show.ts'
import { isUnixTarget, type NetTarget } from '../target.ts'
import { asciiHost } from '../target-host.ts'
import { hostPort } from '../target-key.ts'
import { type NetProxy, readProxy } from './proxy-plan.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxy that the environment names for a target, for the adapter's `proxy`: `https_proxy` for
 * targets with `tls`, `http_proxy` for others, none for what `no_proxy` lists. As in Node's own
 * `proxyEnv`: lower case wins over upper case, and an entry of the list is a host, `host:port`,
 * `.suffix` or `*.suffix`, a range of IPv4 addresses (`10.0.0.1-10.0.0.9`), or `*`. SOCKS5 proxies,
 * which Node leaves out, are used too.
 *
 * The environment is read once, now. Throws `TypeError` for a URL that is none.
 */
export function proxyFromEnv(env: Env = process.env): (target: NetTarget) => NetProxy | undefined {
  if (typeof env !== 'object' || env === null) {
    throw new TypeError(`the environment must be an object like process.env; got ${show(env)}`)
  }
  const http = read(env, 'http_proxy')
  const https = read(env, 'https_proxy')
  const isListed = noProxy(env['no_proxy'] || env['NO_PROXY'] || '')
  return (target) => {
    if (isUnixTarget(target)) return undefined
    const proxy = target.tls === undefined ? http : https
    if (proxy === undefined || isListed(asciiHost(target.host), target.port)) return undefined
    return proxy
  }
}

function read(env: Env, name: string): NetProxy | undefined {
  const url = env[name] || env[name.toUpperCase()]
  if (!url) return undefined
  const proxy = Object.freeze({ url })
  readProxy(name, proxy)
  return proxy
}

type IsListed = (host: string, port: number) => boolean

function noProxy(list: string): IsListed {
  const entries = list
    .split(',')
    .map((entry) => matcher(entry.trim().toLowerCase()))
    .filter((entry) => entry !== undefined)
  return (host, port) => entries.some((isMatch) => isMatch(host, port))
}

function matcher(entry: string): IsListed | undefined {
  if (entry === '') return undefined
  if (entry === '*') return () => true
  if (entry.startsWith('*.')) return (host) => host.endsWith(entry.slice(1))
  if (entry.startsWith('.')) return (host) => host === entry.slice(1) || host.endsWith(entry)
  return rangeMatcher(entry) ?? ((host, port) => entry === host || entry === hostPort(host, port))
}

function rangeMatcher(entry: string): IsListed | undefined {
  const [first = '', last = '', ...more] = entry.split('-').map((end) => end.trim())
  if (!isIPv4(first) || !isIPv4(last) || more.length > 0) return undefined
  const range = new BlockList()
  try {
    range.addRange(first, last)
  } catch {
    // Its end is before its beginning: nothing is in it.
    return undefined
  }
  return (host) => isIP(host) === 4 && range.check(host)
}
