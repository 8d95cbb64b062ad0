import type { HttpAgent, HttpsAgent } from '../../src/agent/index.ts'

export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

export interface Ask {
  readonly method?: 'GET' | 'POST'
  readonly body?: string
  readonly signal?: AbortSignal
  /** By the client's own means. */
  readonly timeoutMs?: number
}

export interface Answer {
  readonly status: number
  readonly body: string
}

/** A client library, as its users use it with an agent. It follows redirects if it does so by itself, and never tries again. */
export interface Client {
  readonly name: string
  send(url: string, agents: Agents, ask?: Ask): Promise<Answer>
}
