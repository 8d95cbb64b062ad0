import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RealServer, runServer } from './run-server.ts'

export interface NginxOptions {
  /** Streams after which a session gets GOAWAY. */
  readonly keepaliveRequests: number
  readonly maxConcurrentStreams: number
  /** Bytes of what `/big` answers. */
  readonly bigBytes?: number
}

export function startNginx(options: NginxOptions): Promise<RealServer> {
  return runServer((dir, port) => {
    writeFileSync(join(dir, 'big'), Buffer.alloc(options.bigBytes ?? 1, 'x'))
    writeFileSync(join(dir, 'nginx.conf'), config(dir, port, options))
    return {
      program: 'nginx',
      args: ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', join(dir, 'error.log')],
    }
  })
}

function config(
  dir: string,
  port: number,
  { keepaliveRequests, maxConcurrentStreams }: NginxOptions,
): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir}/${name};`)
    .join('\n')
  return `
daemon off;
user root;
worker_processes 1;
pid ${dir}/nginx.pid;
events { worker_connections 512; }
http {
  access_log off;
  ${temp}
  keepalive_requests ${keepaliveRequests};
  http2_max_concurrent_streams ${maxConcurrentStreams};
  server {
    listen 127.0.0.1:${port} ssl http2;
    ssl_certificate ${dir}/cert.pem;
    ssl_certificate_key ${dir}/key.pem;
    ssl_session_cache shared:tls:1m;
    location = /big { alias ${dir}/big; }
    location / { return 200 "$connection_requests"; }
  }
}
`
}
