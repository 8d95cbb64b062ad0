import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import open from 'open'
import { inWords } from './in-words.ts'
import { makeCertificate } from './origin/certificate.ts'
import { parsePageFlags } from './page-flags.ts'
import { EventStream } from './server/event-stream.ts'
import { PageServer } from './server/page-server.ts'
import { ServerHealth } from './server/server-health.ts'
import { Show } from './show/show.ts'

/** The live page: until the signal aborts. */
export async function runPage(args: readonly string[], signal: AbortSignal): Promise<void> {
  const flags = parsePageFlags(args)
  const folder = fileURLToPath(new URL('./page', import.meta.url))
  if (!existsSync(`${folder}/index.html`)) {
    throw new Error('the page has not been built yet: `npm run build` does it')
  }
  const health = new ServerHealth(() => events.readers)
  const show: Show = new Show({
    certificate: await makeCertificate(),
    publish: (message) => events.publish(message),
    status: () => health.status,
  })
  const events: EventStream = new EventStream(show.bootId, () => show.snapshot)
  const server = new PageServer({ folder, events, onCommand: (command) => show.do(command) })
  try {
    // Before anybody can come, as whoever comes is told what is going on.
    await show.open()
    const url = `http://127.0.0.1:${await listen(server, flags.port)}/`
    introduce(url, show)
    if (flags.open) await openBrowser(url)
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    server.close()
    await show.close()
    health.close()
  }
}

async function listen(server: PageServer, port: number): Promise<number> {
  try {
    return await server.listen(port)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE') throw error
    throw new Error(`port ${port} is in use; \`--port\` takes another one, 0 any that is free`)
  }
}

function introduce(url: string, { origins }: Show): void {
  const names = { 'http/1.1': 'HTTP/1.1', https: 'HTTPS', h2: 'HTTP/2' }
  const where = origins.map(({ protocol, port }) => `${names[protocol]} on ${port}`)
  console.log(`The demo is at ${url}`)
  console.log(`Origins on 127.0.0.1: ${where.join(', ')}. Ctrl-C ends it all.`)
}

async function openBrowser(url: string): Promise<void> {
  const failed = (error: unknown): void =>
    console.error(`no browser could be opened: ${inWords(error)}`)
  const browser = await open(url).catch(failed)
  browser?.on('error', failed)
}
