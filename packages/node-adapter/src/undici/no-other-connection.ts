/** What the client of one connection is told when it wants another: there is none. */
export class NoOtherConnection extends Error {
  readonly code = 'ERR_NO_OTHER_CONNECTION'
}
