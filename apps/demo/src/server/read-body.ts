import type { IncomingMessage } from 'node:http'
import { Refusal } from '../show/refusal.ts'

const maxBytes = 10_000

/** A small body as text. Rejects with a `Refusal` for one that is too large. */
export async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new Refusal(400, `A command has at most ${maxBytes} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
