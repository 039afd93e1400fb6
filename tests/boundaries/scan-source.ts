/**
 * TypeScript as tokens: words, marks, string literals and regular expressions with their lines, comments apart. Enough
 * to find every import without a compiler (the native one has no stable interface yet), and to tell code from comments.
 * What it must get right is where strings, templates, comments and regular expressions begin and end.
 */

export interface Token {
  /** A `template` is a piece of a template literal that has substitutions; one without is a `string`. */
  readonly kind: 'word' | 'mark' | 'string' | 'template' | 'pattern';
  /** Of a string or template what stands between its quotes, escapes as written. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

const SHAPES = {
  blank: /\s+/y,
  comment: /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y,
  string: /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y,
  piece: /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{|$)/y,
  pattern: /\/(?![*/])(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y,
  word: /[\p{ID_Start}\p{Nd}$_#][\p{ID_Continue}$]*/uy,
} as const;

// a slash after one of these opens a regular expression, after any other word it divides
const BEFORE_EXPRESSION = new Set(
  'return typeof case in of do else void delete throw new await yield instanceof default'.split(' '),
);
const BEFORE_CONDITION = new Set(['if', 'while', 'for', 'with']);

/** The tokens of a source text, without comments and white space. */
export function scanSource(text: string): readonly Token[] {
  return new Scanner(text).scan();
}

class Scanner {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  /** What is open: `{` of a substitution is kept apart from `{` of code; a condition's `(` from a call's. */
  readonly #open: ('block' | 'substitution' | 'condition' | 'group')[] = [];
  #at = 0;
  #line = 1;
  #closedCondition = false;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): readonly Token[] {
    while (this.#at < this.#text.length) {
      if (this.#take('blank') !== undefined || this.#take('comment') !== undefined) continue;
      this.#scanToken();
    }
    return this.#tokens;
  }

  #scanToken(): void {
    const line = this.#line;
    const string = this.#take('string');
    if (string !== undefined) return this.#push('string', string.slice(1, -1), line);
    const word = this.#take('word');
    if (word !== undefined) return this.#push('word', word, line);
    const pattern = this.#slashOpensPattern() ? this.#take('pattern') : undefined;
    if (pattern !== undefined) return this.#push('pattern', pattern, line);
    this.#scanMark(this.#text.charAt(this.#at++));
  }

  #scanMark(mark: string): void {
    if (mark === '`') return this.#scanPiece('`');
    if (mark === '{') this.#open.push('block');
    if (mark === '(') this.#open.push(BEFORE_CONDITION.has(this.#previousWord()) ? 'condition' : 'group');
    if (mark === '}' && this.#open.pop() === 'substitution') return this.#scanPiece('}');
    if (mark === ')') this.#closedCondition = this.#open.pop() === 'condition';
    this.#push('mark', mark, this.#line);
  }

  /** A template literal from its opening quote or from the end of a substitution to the next of either. */
  #scanPiece(opening: '`' | '}'): void {
    const line = this.#line;
    const piece = this.#take('piece') ?? '';
    const isWhole = opening === '`' && piece.endsWith('`');
    if (piece.endsWith('${')) this.#open.push('substitution');
    this.#push(isWhole ? 'string' : 'template', piece.replace(/(?:`|\$\{)$/, ''), line);
  }

  #slashOpensPattern(): boolean {
    const before = this.#tokens.at(-1);
    if (before === undefined) return true;
    if (before.kind === 'word') return BEFORE_EXPRESSION.has(before.text);
    if (before.kind !== 'mark') return before.kind === 'template' && this.#open.at(-1) === 'substitution';
    return before.text === ')' ? this.#closedCondition : before.text !== ']';
  }

  #previousWord(): string {
    const before = this.#tokens.at(-1);
    return before?.kind === 'word' ? before.text : '';
  }

  #push(kind: Token['kind'], text: string, line: number): void {
    this.#tokens.push({ kind, text, line });
  }

  #take(shape: keyof typeof SHAPES): string | undefined {
    const expression = SHAPES[shape];
    expression.lastIndex = this.#at;
    const taken = expression.exec(this.#text)?.[0];
    if (taken === undefined) return undefined;
    this.#at += taken.length;
    for (const character of taken) if (character === '\n') this.#line++;
    return taken;
  }
}
