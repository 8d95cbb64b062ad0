import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const testing = fileURLToPath(new URL('../../src/testing/index.ts', import.meta.url))

/** Runs a printed play as it stands, with the core as it is at the moment. Returns what it threw. */
export async function runPlay(play: string): Promise<unknown> {
  return await importPlay(play).then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** The same; returns what it exports. */
export async function importPlay(play: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'play-'))
  const file = join(folder, 'play.mjs')
  await writeFile(file, play.replace('@wantconn/pool-core/testing', testing))
  try {
    return await import(/* @vite-ignore */ file)
  } finally {
    await rm(folder, { recursive: true })
  }
}
