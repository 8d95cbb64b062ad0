import { once } from 'node:events'
import { join } from 'node:path'
import { runServer } from 'verdaccio'
import { npm } from '../run.mjs'

/** A registry on loopback: takes our packages from anybody, and the others from where npm gets them. */
export class Registry {
  #server

  async start(folder) {
    const uplink = (await npm(['config', 'get', 'registry'])).trim()
    this.#server = await runServer(configuration(folder, uplink))
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this.url
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/`
  }

  /** What makes npm, and what runs it, use this registry and none of what it has kept of others. */
  get env() {
    const { host } = new URL(this.url)
    return {
      ...process.env,
      npm_config_registry: this.url,
      // It lets anybody publish, but npm does not try without a token.
      [`npm_config_//${host}/:_authToken`]: 'anybody',
      // Only a CI that is trusted can say where a package comes from.
      npm_config_provenance: 'false',
      npm_config_loglevel: 'error',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
    }
  }

  stop() {
    this.#server?.close()
    this.#server?.closeAllConnections()
  }
}

function configuration(folder, uplink) {
  return {
    storage: join(folder, 'storage'),
    self_path: folder,
    configPath: join(folder, 'config.yaml'),
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    uplinks: { outside: { url: uplink, maxage: '30m', timeout: '60s' } },
    packages: {
      // Never from outside: what is installed here is what was published here.
      '@wantconn/*': { access: '$all', publish: '$all' },
      '**': { access: '$all', proxy: 'outside' },
    },
    max_body_size: '50mb',
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  }
}
