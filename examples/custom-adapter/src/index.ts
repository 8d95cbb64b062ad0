export { type RespTarget, respAdapter } from './resp-adapter.ts'
export { RespConn } from './resp-conn.ts'
export { RespError, type RespValue } from './resp-reader.ts'
