import axios from 'axios'
import type { Client } from './client.ts'

export const axiosClient: Client = {
  name: 'axios',
  async send(url, agents, { method = 'GET', body, signal, timeoutMs } = {}) {
    const { status, data } = await axios.request<string>({
      url,
      method,
      data: body,
      httpAgent: agents.http,
      httpsAgent: agents.https,
      proxy: false,
      responseType: 'text',
      // With redirects its timer only begins when there is a socket: see the test of that.
      ...(timeoutMs && { timeout: timeoutMs, maxRedirects: 0 }),
      ...(signal && { signal }),
    })
    return { status, body: data }
  },
}
