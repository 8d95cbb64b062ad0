import http from 'node:http'
import https from 'node:https'
import type { Client } from './client.ts'

export const nodeClient: Client = {
  name: 'node:http(s)',
  send(url, agents, { method = 'GET', body, signal, timeoutMs } = {}) {
    const secure = url.startsWith('https:')
    const options = {
      agent: secure ? agents.https : agents.http,
      method,
      ...(signal && { signal }),
      ...(timeoutMs && { timeout: timeoutMs }),
    }
    return new Promise((resolve, reject) => {
      const req = (secure ? https : http).request(url, options, async (res) => {
        try {
          const text = (await res.toArray()).join('')
          resolve({ status: res.statusCode as number, body: text })
        } catch (error) {
          reject(error)
        }
      })
      req.on('timeout', () => {
        req.destroy(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' }))
      })
      req.on('error', reject).end(body)
    })
  },
}
