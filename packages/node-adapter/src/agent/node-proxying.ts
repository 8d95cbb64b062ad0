import { Agent } from 'node:http'

/**
 * Whether Node itself takes an agent's requests to a proxy: since 22.21 and 24.5 its constructor
 * reads `proxyEnv`, and notes the proxy if there is one.
 */
export function isProxiedByNode(agent: object): boolean {
  return Object.getOwnPropertySymbols(agent).some((symbol) => {
    const value = (agent as Record<symbol, unknown>)[symbol]
    return symbol.description === 'kProxyConfig' && value !== undefined && value !== null
  })
}

let tellsOfTunnels: boolean | undefined

/**
 * Whether a request that is given an error with code `ERR_PROXY_TUNNEL` emits it. Versions of Node
 * that know proxies leave that to their own agent.
 */
export function isTunnelErrorEmitted(): boolean {
  tellsOfTunnels ??= !isProxiedByNode(
    new Agent({ proxyEnv: { http_proxy: 'http://127.0.0.1' } } as object),
  )
  return tellsOfTunnels
}
