import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** What git has or would take, as it is now; paths from the root of the repository. */
export function filesOf(...patterns: string[]): string[] {
  const args = ['ls-files', '-z', '-c', '-o', '--exclude-standard', '--', ...patterns.map(glob)]
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)))
}

/** In which `**` stands for folders, and `*` for none. */
const glob = (pattern: string): string => `:(glob)${pattern}`

/** All pages that somebody reads, but not those that are written by a release. */
export function pages(): string[] {
  return filesOf('**/*.md').filter((file) => !/CHANGELOG\.md$|^\.changeset\//.test(file))
}

/** The part of a page under a heading, with the headings below it. */
export function chapter(page: string, heading: string): string {
  const depth = /^#+/.exec(heading)?.[0].length ?? 0
  const start = page.indexOf(`\n${heading}`)
  if (start < 0) throw new Error(`no chapter "${heading}"`)
  const rest = page.slice(start + 1 + heading.length)
  const end = rest.search(new RegExp(`\n#{1,${depth}} `))
  return end < 0 ? rest : rest.slice(0, end)
}

/** The rows of its tables, without heads; each is its cells. */
export function rows(text: string): string[][] {
  return [...text.matchAll(/^\|(.*)\|$/gm)]
    .map(([, row]) => (row as string).split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .filter((_, i, all) => !isRule(all[i]) && !isRule(all[i + 1]))
}

const isRule = (cells: string[] | undefined): boolean =>
  cells?.every((cell) => /^:?-+:?$/.test(cell)) ?? false

/** What stands in backticks. */
export function names(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string)
}
