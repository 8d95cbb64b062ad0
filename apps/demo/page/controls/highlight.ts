export type TokenKind = 'comment' | 'string' | 'keyword' | 'number' | 'plain'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const patterns: readonly (readonly [TokenKind, string])[] = [
  ['comment', String.raw`\/\/.*`],
  ['string', String.raw`'[^']*'|\`[^\`]*\``],
  ['keyword', String.raw`\b(?:import|from|const|let|for|of|await|async|function|return|new|if)\b`],
  ['number', String.raw`\b\d[\d_.]*\b`],
]

/** Enough for the samples of this page; what it does not know is plain. */
export function highlight(code: string): readonly Token[] {
  const any = new RegExp(patterns.map(([, source]) => `(${source})`).join('|'), 'g')
  const tokens: Token[] = []
  let end = 0
  for (const match of code.matchAll(any)) {
    const { index, 0: text } = match
    if (index > end) tokens.push({ kind: 'plain', text: code.slice(end, index) })
    const i = match.slice(1).findIndex((group) => group !== undefined)
    tokens.push({ kind: patterns[i]?.[0] ?? 'plain', text })
    end = index + text.length
  }
  if (end < code.length) tokens.push({ kind: 'plain', text: code.slice(end) })
  return tokens
}
