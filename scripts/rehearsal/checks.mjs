import { bundleWithEsbuild, bundleWithRollup } from './bundle.mjs'
import { checkTarball } from './check-tarball.mjs'
import { compile, compilers } from './compile.mjs'
import { install } from './install.mjs'
import { loadOnNode } from './load.mjs'
import { proveAdapter } from './prove-adapter.mjs'
import { runExamples } from './run-examples.mjs'
import { smokeInBrowser } from './smoke-in-browser.mjs'
import { smokeOnBun, smokeOnDeno } from './smoke-on.mjs'
import { checkSourceMaps } from './source-maps.mjs'

const NODES = [20, 22, 24, 26]

/** What a stranger does with the packages that were published, as steps. */
export function checks(rehearsal, { short }) {
  const check = (title, run) => ({ title, run })
  const tarballs = check('the tarballs hold what they should, and no more', async () => {
    const notes = await Promise.all(
      rehearsal.packages.map((manifest) => checkTarball(rehearsal, manifest)),
    )
    return notes.join(', ')
  })
  const installed = {
    title: 'a stranger installs them by name',
    run: () => install(rehearsal),
    isNeeded: true,
  }
  const nodes = short ? ['this'] : NODES
  return [
    tarballs,
    installed,
    check('source maps lead to shipped sources', () => checkSourceMaps(rehearsal)),
    ...nodes.map((major) =>
      check(
        `every entry is imported and required on ${major === 'this' ? 'this Node' : `Node ${major}`}`,
        () => loadOnNode(rehearsal, major),
      ),
    ),
    ...compilers(short).map((compiler) =>
      check(`a strict consumer compiles with TypeScript ${compiler.version}`, () =>
        compile(rehearsal, compiler),
      ),
    ),
    check('esbuild bundles `import { Pool }`', () => bundleWithEsbuild(rehearsal)),
    check('rollup bundles `import { Pool }`', () => bundleWithRollup(rehearsal)),
    check('the examples of the READMEs run', () => runExamples(rehearsal)),
    check('an author proves an adapter', () => proveAdapter(rehearsal)),
    ...(short ? [] : elsewhere(rehearsal)),
  ]
}

function elsewhere(rehearsal) {
  return [
    { title: 'the core runs on Deno', run: () => smokeOnDeno(rehearsal) },
    { title: 'the core runs on Bun', run: () => smokeOnBun(rehearsal) },
    { title: 'the core runs in a browser page', run: () => smokeInBrowser(rehearsal) },
  ]
}
