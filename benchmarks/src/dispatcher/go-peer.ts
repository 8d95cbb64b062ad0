import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Sample } from '../harness/figure.ts'
import { isOnPath } from '../harness/on-path.ts'

export const goName = "Go's http.Transport"

const source = fileURLToPath(new URL('../src/dispatcher/go/main.go', import.meta.url))

/** Whether there is a Go to compare with (`apt-get install golang-go`). */
export const hasGo: boolean = isOnPath('go')

/** Has Go's transport do one load, in its own process, and tell what it measured. */
export async function runGo(...args: readonly (string | number)[]): Promise<Sample> {
  const program = join(mkdtempSync(join(tmpdir(), 'bench-go-')), 'peer')
  execFileSync('go', ['build', '-o', program, source], { stdio: 'inherit' })
  const { stdout } = await promisify(execFile)(program, args.map(String))
  return JSON.parse(stdout) as Sample
}
