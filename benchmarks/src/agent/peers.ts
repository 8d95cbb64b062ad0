import { Agent, type AgentOptions } from 'node:http'
import { HttpAgent } from '@wantconn/node-adapter/agent'
import KeepAliveAgent from 'agentkeepalive'

/** An agent that keeps connections alive, all it is allowed, and its own defaults otherwise. */
export interface AgentPeer {
  readonly name: string
  open(options: AgentOptions): Agent
}

export const ours: AgentPeer = {
  name: 'HttpAgent',
  open: (options) => new HttpAgent(options),
}

export const node: AgentPeer = {
  name: 'http.Agent',
  open: (options) =>
    new Agent({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY, ...options }),
}

/** The same once more: how far apart two runs of one thing are. */
export const nodeAgain: AgentPeer = { name: 'http.Agent again', open: node.open }

export const agentkeepalive: AgentPeer = {
  name: 'agentkeepalive',
  open: (options) =>
    new KeepAliveAgent({
      maxFreeSockets: Number.POSITIVE_INFINITY,
      freeSocketTimeout: 60_000,
      ...options,
    }),
}

export const peers: readonly AgentPeer[] = [ours, node, nodeAgain, agentkeepalive]
