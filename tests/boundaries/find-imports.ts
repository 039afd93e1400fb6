/**
 * Every module that a source text names: static and dynamic imports, re-exports, type-only ones and import types
 * (`import('x').Y`), `require` and `import.meta.resolve`. A specifier that is computed cannot be checked and is told.
 */
import { scanSource, type Token } from './scan-source.ts';

export interface FoundImport {
  /** The module's specifier; undefined where it is computed. */
  readonly specifier: string | undefined;
  readonly line: number;
}

/** The imports of a source text, in order. */
export function findImports(text: string): readonly FoundImport[] {
  const tokens = scanSource(text);
  return tokens.flatMap((token, at) => {
    if (token.kind !== 'word' || isMark(tokens[at - 1], '.')) return [];
    const found = importAt(tokens, at);
    return found === undefined ? [] : [{ specifier: found.specifier, line: token.line }];
  });
}

type Named = { readonly specifier: string | undefined };

function importAt(tokens: readonly Token[], at: number): Named | undefined {
  const next = tokens[at + 1];
  const starts = (...words: readonly string[]): boolean =>
    words.every((word, index) => tokens[at + index]?.text === word && tokens[at + index]?.kind !== 'string');
  if (starts('import') && next?.kind === 'string') return { specifier: next.text };
  if (starts('import', '(') || starts('require', '(')) return argumentAt(tokens, at + 2);
  if (starts('import', '.', 'meta', '.', 'resolve', '(')) return argumentAt(tokens, at + 6);
  if (starts('require', '.', 'resolve', '(')) return argumentAt(tokens, at + 4);
  return starts('import') || starts('export') ? clauseFrom(tokens, at + 1) : undefined;
}

/** The module after `from`, where only what an import or export clause may hold stands between. */
function clauseFrom(tokens: readonly Token[], start: number): Named | undefined {
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at];
    const next = tokens[at + 1];
    if (token?.kind === 'word' && token.text === 'from' && next?.kind === 'string')
      return { specifier: next.text };
    const mayStand =
      token?.kind === 'word' || token?.kind === 'string' || (token && '{},*'.includes(token.text));
    if (!mayStand || (token.kind === 'word' && isStatement(token.text))) return undefined;
  }
  return undefined;
}

const isStatement = (word: string): boolean =>
  ['const', 'let', 'function', 'class', 'interface', 'import', 'export'].includes(word);

/** What is called with one literal names it; anything else is computed. */
function argumentAt(tokens: readonly Token[], at: number): Named {
  const argument = tokens[at];
  const isAlone = isMark(tokens[at + 1], ')') || isMark(tokens[at + 1], ',');
  return { specifier: argument?.kind === 'string' && isAlone ? argument.text : undefined };
}

const isMark = (token: Token | undefined, mark: string): boolean =>
  token?.kind === 'mark' && token.text === mark;
