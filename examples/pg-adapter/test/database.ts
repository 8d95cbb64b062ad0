import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { PgTarget } from '../src/index.ts'
import { PostgresServer } from './postgres-server.ts'

/** A database of its own on a running server, with a user of its own, and what an administrator can do. */
export class Database {
  readonly target: Required<Pick<PgTarget, 'host' | 'port' | 'user' | 'password' | 'database'>>
  readonly #admin: pg.Client

  private constructor(admin: pg.Client, name: string, port: number) {
    this.#admin = admin
    const host = '127.0.0.1'
    this.target = { host, port, user: name, password: 'open', database: name }
  }

  static async create(port: number): Promise<Database> {
    const { admin: user, password } = PostgresServer
    const admin = new pg.Client({ host: '127.0.0.1', port, user, password, database: 'postgres' })
    await admin.connect()
    const name = `test_${randomBytes(6).toString('hex')}`
    await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'open'`)
    await admin.query(`CREATE DATABASE ${name} OWNER ${name}`)
    return new Database(admin, name, port)
  }

  /** Sessions that the server has open for its user. */
  async sessions(): Promise<number> {
    const text = 'SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = $1'
    const { rows } = await this.#admin.query(text, [this.target.user])
    return rows[0].count
  }

  /** What its sessions are doing: the queries that run now. */
  async running(): Promise<string[]> {
    const text = "SELECT query FROM pg_stat_activity WHERE usename = $1 AND state = 'active'"
    const { rows } = await this.#admin.query(text, [this.target.user])
    return rows.map(({ query }) => query)
  }

  async terminate(client: pg.Client): Promise<void> {
    await this.#admin.query('SELECT pg_terminate_backend($1)', [pidOf(client)])
  }

  async cancel(client: pg.Client): Promise<void> {
    await this.#admin.query('SELECT pg_cancel_backend($1)', [pidOf(client)])
  }

  async drop(): Promise<void> {
    const { user, database } = this.target
    await this.#admin.query(`DROP DATABASE ${database} WITH (FORCE)`)
    await this.#admin.query(`DROP ROLE ${user}`)
    await this.#admin.end()
  }
}

export function pidOf(client: pg.Client): number {
  return (client as unknown as { readonly processID: number }).processID
}
