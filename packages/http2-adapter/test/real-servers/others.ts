import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RealServer, runServer } from './run-server.ts'

/** nghttp2's own server. */
export function startNghttpd(maxConcurrentStreams: number): Promise<RealServer> {
  return runServer((dir, port) => {
    writeFileSync(join(dir, 'index.html'), 'hello')
    writeFileSync(join(dir, 'big'), Buffer.alloc(1_000_000, 'x'))
    return {
      program: 'nghttpd',
      args: [
        '-a',
        '127.0.0.1',
        '-d',
        dir,
        '-m',
        `${maxConcurrentStreams}`,
        `${port}`,
        'key.pem',
        'cert.pem',
      ],
    }
  })
}

export function startH2o(maxConcurrentStreams: number): Promise<RealServer> {
  return runServer((dir, port) => {
    writeFileSync(join(dir, 'index.html'), 'hello')
    writeFileSync(join(dir, 'big'), Buffer.alloc(1_000_000, 'x'))
    writeFileSync(join(dir, 'h2o.yaml'), h2oConfig(dir, port, maxConcurrentStreams))
    return { program: 'h2o', args: ['-c', join(dir, 'h2o.yaml')] }
  })
}

function h2oConfig(dir: string, port: number, maxConcurrentStreams: number): string {
  return `
user: root
num-threads: 1
http2-max-concurrent-requests-per-connection: ${maxConcurrentStreams}
http2-graceful-shutdown-timeout: 2
listen:
  host: 127.0.0.1
  port: ${port}
  ssl:
    certificate-file: ${dir}/cert.pem
    key-file: ${dir}/key.pem
hosts:
  default:
    paths:
      /:
        file.dir: ${dir}
`
}

/** Speaks HTTP/2 on this side, and answers itself. */
export function startHaproxy(maxConcurrentStreams: number): Promise<RealServer> {
  return runServer((dir, port) => {
    writeFileSync(join(dir, 'haproxy.cfg'), haproxyConfig(dir, port, maxConcurrentStreams))
    return { program: 'haproxy', args: ['-f', join(dir, 'haproxy.cfg')] }
  })
}

function haproxyConfig(dir: string, port: number, maxConcurrentStreams: number): string {
  return `
global
  tune.h2.max-concurrent-streams ${maxConcurrentStreams}
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend h2
  bind 127.0.0.1:${port} ssl crt ${dir}/both.pem alpn h2
  http-request return status 200 content-type text/plain string "hello"
`
}
