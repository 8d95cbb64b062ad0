import got from 'got'
import type { Client } from './client.ts'

export const gotClient: Client = {
  name: 'got',
  async send(url, agents, { method = 'GET', body, signal, timeoutMs } = {}) {
    const { statusCode, body: text } = await got(url, {
      agent: agents,
      method,
      retry: { limit: 0 },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
      ...(timeoutMs && { timeout: { request: timeoutMs } }),
    })
    return { status: statusCode, body: text }
  },
}
