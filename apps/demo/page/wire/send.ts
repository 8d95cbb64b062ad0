import type { Command, CommandReply } from '../../src/protocol.ts'

/** Resolves also when it fails: with a sentence for the user. */
export async function send(command: Command): Promise<CommandReply> {
  try {
    const response = await fetch('/api/command', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    })
    return (await response.json()) as CommandReply
  } catch {
    return { ok: false, error: 'The demo server does not answer. Is it still running?' }
  }
}
