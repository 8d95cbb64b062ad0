import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  accessSync,
  chownSync,
  constants,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

/** Debian keeps the programs of the server out of the PATH, in a folder for each version. */
const DEBIAN = '/usr/lib/postgresql'

/**
 * Runs the server for as long as the process that has started it: a stdin ends with its process,
 * however that comes to its end. SIGINT is the fast shutdown, which ends all sessions.
 */
const UNTIL_STDIN_ENDS = '"$@" & exec 2>/dev/null; cat; kill -INT $!; wait'

/** Undefined if PostgreSQL is there, else how to get it. With `WANTCONN_REQUIRE=all` it must be there. */
export function postgresIsMissing(): string | undefined {
  if (findBin() !== undefined) return undefined
  const how = 'PostgreSQL is not installed: apt-get install postgresql'
  if (process.env['WANTCONN_REQUIRE'] === 'all') throw new Error(how)
  return how
}

/** A server of its own on a free port of loopback, in a temporary folder that goes with it. */
export class PostgresServer {
  static readonly admin = 'postgres'
  static readonly password = 'sesame'
  readonly port: number
  readonly #dir: string
  readonly #process: ChildProcess

  private constructor(port: number, dir: string, process: ChildProcess) {
    this.port = port
    this.#dir = dir
    this.#process = process
  }

  static async start(): Promise<PostgresServer> {
    const bin = findBin()
    if (bin === undefined) throw new Error('PostgreSQL is not installed')
    const dir = mkdtempSync(join(tmpdir(), 'wantconn-postgres-'))
    // It refuses to run as root, and then runs as the user that Debian's package has made for it.
    const owner = process.getuid?.() === 0 ? ownerOf('postgres') : undefined
    if (owner !== undefined) chownSync(dir, owner.uid, owner.gid)
    const how = { cwd: dir, env: { LC_ALL: 'C', PATH: process.env['PATH'] }, ...owner }
    try {
      initialize(join(bin, 'initdb'), dir, how)
      const port = await freePort()
      const args = ['-c', UNTIL_STDIN_ENDS, 'sh', join(bin, 'postgres'), ...argsOf(dir, port)]
      const running = spawn('/bin/sh', args, { ...how, stdio: ['pipe', 'ignore', 'pipe'] })
      await acceptsConnections(running)
      return new PostgresServer(port, dir, running)
    } catch (error) {
      rmSync(dir, { recursive: true, force: true })
      throw error
    }
  }

  async stop(): Promise<void> {
    this.#process.stdin?.end()
    if (this.#process.exitCode === null) await once(this.#process, 'exit')
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

function ownerOf(user: string): Owner {
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, user]))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** The newest that Debian has installed, else what is in the PATH. */
function findBin(): string | undefined {
  const folders = [...debianFolders(), ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => isProgram(folder, name)))
}

function debianFolders(): string[] {
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(DEBIAN, version, 'bin'))
  } catch {
    return []
  }
}

function isProgram(folder: string, name: string): boolean {
  try {
    accessSync(join(folder, name), constants.X_OK)
    return true
  } catch {
    return false
  }
}

function initialize(initdb: string, dir: string, how: { cwd: string } & Partial<Owner>): void {
  const pwfile = join(dir, 'password')
  writeFileSync(pwfile, PostgresServer.password, { mode: 0o644 })
  const auth = ['--auth=scram-sha-256', `--username=${PostgresServer.admin}`, `--pwfile=${pwfile}`]
  const args = [...auth, '--encoding=UTF8', '--no-locale', '--no-sync', `--pgdata=${dir}/data`]
  execFileSync(initdb, args, { ...how, stdio: ['ignore', 'ignore', 'pipe'] })
}

function argsOf(dir: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: dir,
    max_connections: 100,
    fsync: 'off',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', `${dir}/data`, ...args]
}

async function acceptsConnections(running: ChildProcess): Promise<void> {
  const log: string[] = []
  if (running.stderr === null) throw new Error('the server has no stderr')
  for await (const line of createInterface({ input: running.stderr })) {
    log.push(line)
    if (line.includes('ready to accept connections')) {
      running.stderr.resume()
      return
    }
  }
  running.stdin?.end()
  throw new Error(`PostgreSQL did not start:\n${log.join('\n')}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
