export { type Http2Target, http2Adapter, suspect } from './http2-adapter.ts'
export { Http2Error, type Http2ErrorCode, type Http2ErrorDetails } from './http2-error.ts'
export type { Http2AdapterOptions } from './http2-options.ts'
