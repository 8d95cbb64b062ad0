// Copied into a project that has the packages installed: loads each entry point in both ways.

import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

for (const entry of process.argv.slice(2)) {
  const imported = await import(entry)
  const required = require(entry)
  const names = Object.keys(imported)
  if (names.length === 0) throw new Error(`${entry} exports nothing`)
  const differing = names.filter((name) => imported[name] !== required[name])
  if (differing.length > 0) throw new Error(`${entry} exists twice: ${differing}`)
  // What stack traces and the console show.
  const renamed = names.filter((name) => (imported[name].name ?? name) !== name)
  if (renamed.length > 0) throw new Error(`${entry} calls these otherwise: ${renamed}`)
}

console.log(process.version)
