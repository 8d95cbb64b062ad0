import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { entriesOf, publishedPackages } from '../published.mjs'
import { npm, run, tool } from '../run.mjs'

/** The folders of one rehearsal, and how programs run in them. */
export class Rehearsal {
  /** @param {import('./registry.mjs').Registry} registry */
  constructor(folder, registry) {
    this.folder = folder
    this.registry = registry
    /** A copy of this repository. */
    this.shop = join(folder, 'shop')
    /** The project of somebody who has never seen it. */
    this.stranger = join(folder, 'stranger')
    for (const made of [this.shop, this.stranger]) mkdirSync(made)
  }

  get packages() {
    return publishedPackages(this.shop)
  }

  get entries() {
    return this.packages.flatMap(entriesOf)
  }

  git(...args) {
    return run('git', args, { cwd: this.shop })
  }

  npmInShop(...args) {
    return npm(args, { cwd: this.shop })
  }

  changeset(...args) {
    return tool('@changesets/cli', args, { cwd: this.shop, env: this.registry.env }, this.shop)
  }

  /** npm as the stranger runs it: with the registry of the rehearsal, and a cache of its own. */
  npmOfStranger(...args) {
    return this.npmIn(this.stranger, ...args)
  }

  /** The same in another folder. */
  npmIn(cwd, ...args) {
    const env = { ...this.registry.env, npm_config_cache: join(this.folder, 'cache') }
    return npm(args, { cwd, env })
  }
}
