import http, { type Agent, type IncomingMessage } from 'node:http'
import https from 'node:https'

/** More of an answer is not read: it is somebody's server, and only connections are looked at. */
const maxBytes = 1_000_000

/** A GET by `node:http` or `node:https`, read to its end. */
export function nodeGet(url: URL, agent: Agent, signal: AbortSignal): Promise<void> {
  const { get } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const req = get(url, { agent, signal }, (res) => {
      drain(res, maxBytes)
      res.on('error', reject).on('end', resolve)
    })
    req.on('error', reject)
  })
}

function drain(res: IncomingMessage, most: number): void {
  let bytes = 0
  res.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > most) res.destroy(new Error(`the answer is longer than ${most} bytes`))
  })
}
