import { type Agent, get } from 'node:http'
import type { Route } from '../slow-dial.ts'

/** A GET by `node:http`, read to its end. */
export function httpGet({ url, host }: Route, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const req = get(url, { agent, headers: { host } }, (res) => {
      res.on('error', reject).on('end', resolve).resume()
    })
    req.on('error', reject)
  })
}
