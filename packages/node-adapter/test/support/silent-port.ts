import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'

const script = `
  require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    console.log(this.address().port)
  })`

/**
 * A port of loopback that answers no SYN: its process is stopped, and those that it would accept are
 * there already. Gone when the test is over.
 */
export async function silentPort(): Promise<number> {
  const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void server.kill('SIGKILL'))
  const [port] = await once(server.stdout.setEncoding('utf8'), 'data')
  server.kill('SIGSTOP')
  while (await isAnswered(Number(port))) {}
  return Number(port)
}

/** Leaves the connection open, so that its place is taken. */
function isAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    onTestFinished(() => void socket.destroy())
    socket.on('connect', () => resolve(true))
    // An answer that came while this process was busy is heard before.
    setTimeout(() => setImmediate(resolve, false), 300)
  })
}
