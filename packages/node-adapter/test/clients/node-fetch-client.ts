import fetch from 'node-fetch'
import type { Client } from './client.ts'

export const nodeFetchClient: Client = {
  name: 'node-fetch',
  async send(url, agents, { method = 'GET', body, signal, timeoutMs } = {}) {
    const limit = timeoutMs ? AbortSignal.timeout(timeoutMs) : signal
    const res = await fetch(url, {
      agent: ({ protocol }) => (protocol === 'http:' ? agents.http : agents.https),
      method,
      ...(body !== undefined && { body }),
      ...(limit && { signal: limit }),
    })
    return { status: res.status, body: await res.text() }
  },
}
