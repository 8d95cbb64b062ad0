/** The domain of all hosts of the demo; its names are looked up by the demo itself, and lead to loopback. */
export const domain = 'demo.invalid'

const names = ['shop', 'search', 'images', 'mail', 'maps', 'news']

/** Where requests go to, in turn: so many hosts, all at one port. */
export function urlsOf(hosts: number, isSecure: boolean, port: number): URL[] {
  const scheme = isSecure ? 'https' : 'http'
  return names.slice(0, hosts).map((name) => new URL(`${scheme}://${name}.${domain}:${port}/`))
}
