export { abortable } from './cancel.ts'
export { type PgAdapterOptions, pgAdapter } from './pg-adapter.ts'
export type { PgTarget } from './pg-target.ts'
export type { Reset } from './session.ts'
