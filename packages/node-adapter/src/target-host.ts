import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

/** Whether it is a name or an IP address (IPv6 without brackets), and nothing more. */
export function isHost(host: string): boolean {
  // Nearly all that there are; the rest costs more to look at.
  if (/^[\w.-]{1,253}$/.test(host)) return true
  if (isIP(host) !== 0) return true
  // What means something in a URL: it has been given with its port, path or user.
  if (host === '' || /[\s\p{Cc}:/?#@%[\]\\]/u.test(host)) return false
  const ascii = asciiHost(host)
  // RFC 1035, section 2.3.4; the dot at the end does not count.
  return ascii !== '' && ascii.replace(/\.$/, '').length <= 253
}

/** A host as it is looked up, compared and asked for: lower case, and as IDNA has it. */
export function asciiHost(host: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
  return /^[\x00-\x7f]*$/.test(host) ? host.toLowerCase() : domainToASCII(host)
}
