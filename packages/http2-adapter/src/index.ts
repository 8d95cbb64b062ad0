export type { Http2ClientOptions } from './client/client-options.ts'
export type { Http2Response } from './client/client-request.ts'
export {
  Http2Client,
  type Http2ClientStats,
  type Http2RequestOptions,
  type SessionStats,
} from './client/http2-client.ts'
export type { Http2Body } from './client/request-body.ts'
export { type Http2Target, http2Adapter, suspect } from './http2-adapter.ts'
export { Http2Error, type Http2ErrorCode, type Http2ErrorDetails } from './http2-error.ts'
export type { Http2AdapterOptions } from './http2-options.ts'
export { type NegotiatedConn, negotiatedAdapter } from './negotiated-adapter.ts'
