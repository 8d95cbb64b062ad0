import { type ClientHttp2Session, connect } from 'node:http2'
import { Http2Client } from '@wantconn/http2-adapter'
import { Agent as WrapperAgent, request as wrapperRequest } from 'http2-wrapper'
import { Agent as UndiciAgent, request as undiciRequest } from 'undici'

/** A client at work: reads a whole body, and says how long it was. */
export interface OpenClient {
  get(url: string): Promise<number>
  close(): unknown
}

export interface Http2Peer {
  readonly name: string
  open(): OpenClient
}

// The certificate is made for the run, and checking it is no part of what is compared.
const tls = { rejectUnauthorized: false }

interface Body {
  on(event: 'data', heard: (chunk: Buffer) => void): unknown
  on(event: 'end', heard: () => void): unknown
  on(event: 'error', heard: (error: Error) => void): unknown
}

function lengthOf(body: Body): Promise<number> {
  return new Promise((resolve, reject) => {
    let length = 0
    body.on('data', (chunk) => {
      length += chunk.length
    })
    body.on('end', () => resolve(length))
    body.on('error', reject)
  })
}

export const ours: Http2Peer = {
  name: 'Http2Client',
  open() {
    const client = new Http2Client({ tls })
    return {
      get: async (url) => lengthOf((await client.request(url)).stream),
      close: () => client.destroy(),
    }
  },
}

/** What there is without a pool: a session for each origin, with the same windows as ours. */
function bareSession(name: string): Http2Peer {
  return {
    name,
    open() {
      const sessions = new Map<string, ClientHttp2Session>()
      const open = (origin: string): ClientHttp2Session => {
        const settings = { enablePush: false, initialWindowSize: 2 ** 20 }
        const session = connect(origin, { ...tls, settings }).on('error', () => {})
        session.once('connect', () => session.setLocalWindowSize(2 ** 24))
        sessions.set(origin, session)
        return session
      }
      return {
        get(url) {
          const { origin, pathname } = new URL(url)
          const session = sessions.get(origin) ?? open(origin)
          return lengthOf(session.request({ ':path': pathname }))
        },
        close() {
          for (const session of sessions.values()) session.destroy()
        },
      }
    },
  }
}

export const bare: Http2Peer = bareSession('one session of node:http2')
/** The same again: what the two differ by is noise. */
export const bareAgain: Http2Peer = bareSession('the same again')

export const undici: Http2Peer = {
  name: 'undici, allowH2',
  open() {
    // Without `pipelining` it sends one request after the other, and with more connections than one
    // it opens a session for each request that is sent at once.
    const dispatcher = new UndiciAgent({
      allowH2: true,
      connections: 1,
      pipelining: 1_000,
      maxConcurrentStreams: 1_000,
      connect: tls,
    })
    return {
      get: async (url) => lengthOf((await undiciRequest(url, { dispatcher })).body),
      close: () => dispatcher.destroy(),
    }
  },
}

/** As one gets it. */
export const undiciDefault: Http2Peer = {
  name: 'undici, allowH2, as it comes',
  open() {
    const dispatcher = new UndiciAgent({ allowH2: true, connect: tls })
    return {
      get: async (url) => lengthOf((await undiciRequest(url, { dispatcher })).body),
      close: () => dispatcher.destroy(),
    }
  },
}

export const wrapper: Http2Peer = {
  name: 'http2-wrapper',
  open() {
    const agent = new WrapperAgent()
    const once = (url: string) =>
      new Promise<number>((resolve, reject) => {
        const request = wrapperRequest(url, { agent, ...tls }, (response) =>
          lengthOf(response).then(resolve, reject),
        )
        request.on('error', reject)
        request.end()
      })
    return {
      async get(url) {
        for (let tries = 0; ; tries++) {
          try {
            return await once(url)
          } catch (error) {
            if (tries === maxTries || !isLeftToItsCaller(error as Error)) throw error
          }
        }
      },
      close: () => agent.destroy(),
    }
  },
}

const maxTries = 5

/**
 * In a burst it sends more than a session takes. And it resets each stream at its end: a server that
 * counts resets, as Node's does, ends its session every thousand requests, with all that are on it.
 */
function isLeftToItsCaller({ message }: Error): boolean {
  return /NGHTTP2_REFUSED_STREAM|Session closed with error code|GOAWAY/.test(message)
}
