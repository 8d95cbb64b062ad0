import type { Http2Client } from '../../src/index.ts'

export interface LoadResult {
  readonly requests: number
  readonly errors: unknown[]
  readonly durationMs: number
}

/** So many callers at once, each with one request after the other, for some time. */
export async function load(
  client: Http2Client,
  urls: readonly string[],
  { callers, durationMs }: { callers: number; durationMs: number },
): Promise<LoadResult> {
  const began = performance.now()
  const errors: unknown[] = []
  let requests = 0
  const call = async () => {
    while (performance.now() - began < durationMs) {
      const url = urls[requests++ % urls.length] as string
      try {
        await readAll(client, url)
      } catch (error) {
        errors.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  return { requests, errors, durationMs: performance.now() - began }
}

async function readAll(client: Http2Client, url: string): Promise<void> {
  const { status, stream } = await client.request(url)
  if (status !== 200) throw new Error(`status ${status}`)
  await new Promise<void>((resolve, reject) => {
    stream.on('end', resolve).on('error', reject).resume()
  })
}
