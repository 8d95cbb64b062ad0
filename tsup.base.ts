import type { Options } from 'tsup'

/** What every workspace builds alike; types come from `tsc`, not from tsup. */
export const base: Options = {
  format: ['esm'],
  target: 'es2022',
  splitting: true,
  sourcemap: true,
  clean: true,
  removeNodeProtocol: false,
  dts: false,
}
