import superagent from 'superagent'
import type { Client } from './client.ts'

export const superagentClient: Client = {
  name: 'superagent',
  send(url, agents, { method = 'GET', body, signal, timeoutMs } = {}) {
    const request = superagent(method, url).agent(
      url.startsWith('https:') ? agents.https : agents.http,
    )
    if (timeoutMs) request.timeout({ deadline: timeoutMs })
    if (body !== undefined) request.type('text/plain').send(body)
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => void request.abort())
      request.then(({ status, text }) => resolve({ status, body: text }), reject)
    })
  },
}
