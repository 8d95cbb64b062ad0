import semver from 'semver'
import { commit } from './copy-repository.mjs'

/** One release after the other, each as the release workflow makes it. */
export class Release {
  /** Versions before the one that is under way, by package. */
  before = new Map()
  #rehearsal

  constructor(rehearsal) {
    this.#rehearsal = rehearsal
  }

  get versions() {
    return new Map(this.#rehearsal.packages.map(({ name, version }) => [name, version]))
  }

  /** Takes the changesets into versions and changelogs. */
  async version() {
    this.before = this.versions
    await this.#rehearsal.npmInShop('run', 'version')
    await commit(this.#rehearsal, 'Version packages')
    return [...this.versions].map(([name, now]) => `${name} ${now}`).join(', ')
  }

  async build() {
    const flags = ['--force', '--output-logs=errors-only', '--filter=./packages/*']
    await this.#rehearsal.npmInShop('run', 'build', '--', ...flags)
  }

  /** Publishes what the registry does not have, and asks it for all that it should have. */
  async publish() {
    await this.#rehearsal.changeset('publish')
    for (const [name, version] of this.versions) {
      await this.#rehearsal.npmOfStranger('view', `${name}@${version}`, 'dist.shasum')
    }
    const tags = await this.#rehearsal.git('tag')
    return `git tags ${tags.trim().split('\n').join(' ')}`
  }

  /** From candidates to the release itself. */
  async leavePreMode() {
    if (!this.#hasCandidates()) return 'it is over'
    await this.#rehearsal.changeset('pre', 'exit')
    const note = await this.version()
    if (this.#hasCandidates()) throw new Error(note)
    return note
  }

  #hasCandidates() {
    return [...this.versions.values()].some((version) => semver.prerelease(version) !== null)
  }
}
