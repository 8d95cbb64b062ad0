export { type NetAdapterOptions, netAdapter } from './net-adapter.ts'
export type { NetTarget, TcpTarget, UnixTarget } from './target.ts'
