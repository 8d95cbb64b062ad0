import { text } from 'node:stream/consumers'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { HttpRequest } from '@smithy/protocol-http'
import type { Client } from './client.ts'

export const awsClient: Client = {
  name: 'AWS NodeHttpHandler',
  async send(url, agents, { method = 'GET', body, signal, timeoutMs } = {}) {
    const handler = new NodeHttpHandler({
      httpAgent: agents.http,
      httpsAgent: agents.https,
      ...(timeoutMs && { requestTimeout: timeoutMs, throwOnRequestTimeout: true }),
    })
    const { protocol, hostname, port, pathname } = new URL(url)
    const headers = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const request = new HttpRequest({
      protocol,
      hostname,
      port: Number(port),
      path: pathname,
      method,
      headers,
      body,
    })
    const { response } = await handler.handle(request, signal ? { abortSignal: signal } : {})
    return { status: response.statusCode, body: await text(response.body) }
  },
}
