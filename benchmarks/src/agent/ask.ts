import { type Agent, get } from 'node:http'

/** One request, read to its end. */
export function ask(agent: Agent, port: number, path = '/', host = '127.0.0.1'): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ agent, host, port, path }, (res) => {
      res.on('end', resolve).resume()
    }).on('error', reject)
  })
}

/** So many requests by so many clients, each of which waits for its answer before it asks again. */
export async function askAll(
  count: number,
  clients: number,
  askOne: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const client = async (): Promise<void> => {
    while (next < count) await askOne(next++)
  }
  await Promise.all(Array.from({ length: clients }, client))
}
