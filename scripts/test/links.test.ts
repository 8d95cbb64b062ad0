import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { pages, read, root } from './repository.ts'

const remark = join(root, 'node_modules/remark-cli/cli.js')

test('every link to a page or a heading of this repository leads somewhere', async () => {
  const rule = 'remark-validate-links=repository:false'
  const args = [
    remark,
    '--frail',
    '--quiet',
    '--no-stdout',
    '--no-color',
    '--no-config',
    '--use',
    rule,
  ]

  const checked = promisify(execFile)(process.execPath, [...args, ...pages()], { cwd: root })

  const { stderr } = await checked.catch((failed: { stderr: string }) => failed)
  expect(stderr).toBe('')
})

test('links to the outside are encrypted, and none leads to a machine of our own', () => {
  const links = pages().flatMap((page) =>
    [...read(page).matchAll(/\]\((\w+:[^)\s]+)\)/g)].map(([, url]) => `${page}: ${url}`),
  )

  expect(links.filter((link) => !/: https:\/\/(?!localhost|127\.)/.test(link))).toEqual([])
})
