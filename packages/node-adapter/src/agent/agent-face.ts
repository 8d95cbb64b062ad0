import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestOptions } from './node-http.ts'

/**
 * An agent as its own machinery sees it: what those who extend it may have overridden, so that it is
 * always called on the agent.
 */
export interface AgentFace {
  readonly options: RequestOptions
  readonly keepAlive: boolean
  readonly keepAliveMsecs: number
  getName(options: RequestOptions): string
  createConnection(
    options: RequestOptions,
    callback: (error: Error | null, socket?: Socket) => void,
  ): Socket | null | undefined
  keepSocketAlive(socket: Socket): boolean
  reuseSocket(socket: Socket, req: ClientRequest): void
  emit(event: string, ...values: unknown[]): boolean
  listenerCount(event: string): number
}

/** Node's own methods, as they were when this was loaded: whether one was replaced shows beside it. */
export type NodeMethods = Pick<AgentFace, 'getName' | 'createConnection'>
