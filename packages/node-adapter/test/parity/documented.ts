import { readFileSync } from 'node:fs'

/** A row of the table in `docs/migrating.md`. */
export interface Row {
  readonly when: string
  /** The major versions of Node with which it can be seen. */
  readonly nodes: readonly number[]
}

const text = readFileSync(new URL('../../../../docs/migrating.md', import.meta.url), 'utf8')

/** All rows: `| when | Node's agent | ours | versions |`. */
export const rows: readonly Row[] = [...text.matchAll(/^\| (.+?) \|.*\| ([\d, ]+|all) \|$/gm)].map(
  ([, when, versions]) => ({
    when: when as string,
    nodes: versions === 'all' ? [20, 22, 24, 26] : (versions as string).split(',').map(Number),
  }),
)

const major = Number(process.versions.node.split('.')[0])

export function isDocumented(when: string): boolean {
  return rows.some((row) => row.when === when && row.nodes.includes(major))
}
