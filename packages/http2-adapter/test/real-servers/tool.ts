import { execFileSync } from 'node:child_process'

/** Undefined if a program is there, else how to get it. With `WANTCONN_REQUIRE=all` it must be there. */
export function missing(program: string, aptPackage: string, flag: string): string | undefined {
  try {
    execFileSync(program, [flag], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    const how = `${program} is not installed: apt-get install ${aptPackage}`
    if (process.env['WANTCONN_REQUIRE'] === 'all') throw new Error(how, { cause: error })
    return how
  }
}
