// Records the first seconds of the first scenario from a demo that runs, for tests of the fold:
//   npm run demo -- --port 4747 &
//   node apps/demo/test/page/support/record.mjs http://127.0.0.1:4747/ > apps/demo/test/page/fixtures/burst.json
// It ends at a moment at which nothing is in flight, so that the last `stats` are those of the end.

const [url = 'http://127.0.0.1:4747/'] = process.argv.slice(2)
const minMs = 2_500

const command = (body) =>
  fetch(new URL('api/command', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

async function* messages() {
  const stream = await fetch(new URL('api/stream', url))
  let text = ''
  for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const whole = text.split('\n\n')
    text = whole.pop()
    for (const part of whole) {
      const data = part.split('\n').find((line) => line.startsWith('data: '))
      if (data !== undefined) yield JSON.parse(data.slice(6))
    }
  }
}

const kept = []
let isPaused = false
let quiet = 0
for await (const message of messages()) {
  if (kept.length === 0 && message.type === 'snapshot') {
    if (message.clock.t > 1_000) {
      command({ command: 'pick', scenario: 'burst' })
      continue
    }
  }
  kept.push(message)
  const { t } = message.clock ?? message
  if (!isPaused && t > minMs) {
    isPaused = true
    command({ command: 'pause' })
  }
  quiet = isPaused && (message.events ?? []).length === 0 ? quiet + 1 : 0
  if (quiet >= 2) break
}
process.stdout.write(`${JSON.stringify(kept)}\n`)
process.exit()
