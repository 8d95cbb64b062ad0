/** What the conventions' attributes say of where a key's connections lead. */
export interface Server {
  /** `server.address`: a name, an IP address, or the path of a Unix domain socket. */
  readonly address: string
  /** `server.port` */
  readonly port?: number | undefined
  /** `url.scheme`, where a metric has it. */
  readonly scheme?: string | undefined
  /** `network.protocol.version`: `'1.1'`, `'2'`; left out if not known. */
  readonly protocolVersion?: string | undefined
}

const tcpKey = /(?:^| )(tcp|tls) (?:\[([^\]]+)\]|([^\s:[\]]+)):(\d{1,5})(?: |$)/
const unixKey = /(?:^| )(?:unix |tls unix:)(\S+)/

/**
 * Reads the server from the keys of `netAdapter` (`tcp example.com:80 …`, `unix /run/a.sock`) and
 * from keys that are URLs. Undefined for others: the pool's `adapter.key` is known to its author only.
 */
export function serverOfKey(key: string): Server | undefined {
  return serverOfTcpKey(key) ?? serverOfUnixKey(key) ?? serverOfUrl(key)
}

function serverOfTcpKey(key: string): Server | undefined {
  const found = tcpKey.exec(key)
  if (found === null) return undefined
  const [, protocol, ipv6, host, port] = found
  const address = ipv6 ?? host
  if (address === undefined) return undefined
  return { address, port: Number(port), scheme: protocol === 'tls' ? 'https' : 'http' }
}

function serverOfUnixKey(key: string): Server | undefined {
  const path = unixKey.exec(key)?.[1]
  return path === undefined ? undefined : { address: unescaped(path) }
}

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443 }

/** Whether a port goes without saying. */
export function isDefaultPort({ port, scheme }: Server): boolean {
  return scheme !== undefined && port !== undefined && defaultPorts[scheme] === port
}

function serverOfUrl(key: string): Server | undefined {
  if (!URL.canParse(key)) return undefined
  const { hostname, port, protocol } = new URL(key)
  if (hostname === '') return undefined
  const scheme = protocol.slice(0, -1)
  const number = port === '' ? defaultPorts[scheme] : Number(port)
  return { address: hostname.replace(/^\[|\]$/g, ''), port: number, scheme }
}
