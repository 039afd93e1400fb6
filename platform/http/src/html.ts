/**
 * HTML that is escaped by construction: `html` escapes every value unless it is itself `SafeHtml`. Text position and
 * quoted attributes are covered; values never belong into scripts, styles or unquoted attributes (the content
 * security policy of pages forbids inline ones anyway).
 */

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that is known to be safe. The private field makes the type nominal: a string is never taken for it. */
export class SafeHtml {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What a template may hold. `undefined`, `null` and `false` give nothing, lists are joined. */
export type HtmlValue = string | number | bigint | SafeHtml | undefined | null | false | readonly HtmlValue[];

/** Text with the five significant characters escaped. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

/** A template whose values are escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  let markup = strings[0] ?? '';
  for (const [index, value] of values.entries()) markup += render(value) + (strings[index + 1] ?? '');
  return new SafeHtml(markup);
}

function render(value: HtmlValue): string {
  if (value instanceof SafeHtml) return value.toString();
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value === undefined || value === null || value === false) return '';
  return value.map(render).join('');
}
