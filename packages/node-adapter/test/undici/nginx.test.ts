import { describe, expect, test } from 'vitest'
import { isMissing } from '../faults/daemon.ts'
import { startNginx } from '../faults/nginx.ts'
import { certificate } from '../support/tls-origin.ts'
import { by, newDispatcher } from './support/dispatcher.ts'
import { callers } from './support/undicis.ts'

const missing = isMissing('nginx', 'nginx-light')
const perSecond = 200
const seconds = 6

describe.skipIf(missing)(`nginx that reloads every second${missing ? ` (${missing})` : ''}`, () => {
  for (const { name, fetch } of callers) {
    test.skipIf(fetch === undefined).each(['http', 'https'] as const)(
      `%s: fails none of 200 idempotent requests a second, ${name}`,
      async (scheme) => {
        const nginx = await startNginx('')
        const port = scheme === 'http' ? nginx.httpPort : nginx.httpsPort
        const dispatcher = newDispatcher({ tls: { ca: (await certificate()).cert } })
        const url = `${scheme}://127.0.0.1:${port}/`
        const failures: unknown[] = []
        const all: Promise<void>[] = []
        const one = async (): Promise<void> => {
          try {
            const response = await fetch!(url, by(dispatcher))
            await response.text()
            if (response.status !== 200) failures.push(response.status)
          } catch (error) {
            failures.push((error as Error).cause ?? error)
          }
        }
        for (let i = 0; i < perSecond * seconds; i += perSecond / 50) {
          for (let j = 0; j < perSecond / 50; j++) all.push(one())
          if (i % perSecond === 0) nginx.reload()
          await new Promise((resolve) => setTimeout(resolve, 1_000 / 50))
        }
        await Promise.all(all)

        expect(failures).toEqual([])
        expect(all).toHaveLength(perSecond * seconds)
        await expect
          .poll(() => dispatcher.pool.stats())
          .toMatchObject({ leases: 0, waiting: 0, dialing: 0 })
      },
    )
  }
})
