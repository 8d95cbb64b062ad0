export type { AgentDialOptions, HttpAgentOptions, HttpsAgentOptions } from './agent-options.ts'
export { HttpAgent } from './http-agent.ts'
export { HttpsAgent } from './https-agent.ts'
