export type { HttpAgentOptions } from './agent-options.ts'
export { HttpAgent } from './http-agent.ts'
