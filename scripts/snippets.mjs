/**
 * The code that a page shows. After the language of a fenced block may stand
 * - `check`: it is compiled, but not run (it would need a server, or run for ever),
 * - `fragment`: it is a piece of something, and only has to be read without an error.
 */

const FENCE = /^```(js|ts|mjs|mts|javascript|typescript)\b([^\n]*)\n(.*?)^```/gms

export function snippetsOf(markdown) {
  return [...markdown.matchAll(FENCE)].map((match) => {
    const [, lang, meta, code] = match
    return {
      lang: /^(m?ts|typescript)$/.test(lang) ? 'ts' : 'js',
      mode: /\b(check|fragment)\b/.exec(meta)?.[1] ?? 'run',
      /** The file that its first line names, if it does. */
      file: /^\/\/ (\S+\.[cm]?[jt]s)\n/.exec(code)?.[1],
      code,
      line: markdown.slice(0, match.index).split('\n').length,
    }
  })
}

/** Whether it can be run by itself, as it stands. */
export const isRun = ({ lang, mode, file }) => lang === 'js' && mode === 'run' && file === undefined
