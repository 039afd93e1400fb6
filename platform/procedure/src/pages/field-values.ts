/** Values of fields as people read them. */
import { html, type SafeHtml } from '@ishizue/http';
import type { Field, Fields } from '../define/field.ts';
import { plainText } from '../define/plain-text.ts';
import { dateWords, type Language, say } from './say.ts';

/** A list of labels and values; nothing for fields without a value. @param fileAt where a file of the case is given */
export const valuesOf = (
  fields: Fields,
  value: Readonly<Record<string, unknown>>,
  language: Language,
  fileAt: (sha256: string) => string,
): SafeHtml => {
  const known = Object.entries(fields).filter(([name]) => value[name] !== undefined && value[name] !== null);
  return known.length === 0
    ? html`<p class="note">–</p>`
    : html`<dl>${known.map(
        ([name, field]) =>
          html`<dt>${field.label[language]}</dt><dd>${valueOf(field, value[name], language, fileAt)}</dd>`,
      )}</dl>`;
};

export function valueOf(
  { shape, label }: Field,
  value: unknown,
  language: Language,
  fileAt: (sha256: string) => string,
): SafeHtml {
  const word = say(language);
  if (value === undefined || value === null) return html`–`;
  if (shape.kind === 'flag') return html`${value === true ? word('はい', 'yes') : word('いいえ', 'no')}`;
  if (shape.kind === 'choice')
    return html`${shape.options[plainText(value)]?.[language] ?? plainText(value)}`;
  if (shape.kind === 'choices' && Array.isArray(value))
    return html`<ul>${value.map((one) => html`<li>${shape.options[plainText(one)]?.[language] ?? plainText(one)}</li>`)}</ul>`;
  if (shape.kind === 'money') return html`${Number(value).toLocaleString(language)} ${word('円', 'yen')}`;
  if (shape.kind === 'date') return html`${dateWords(plainText(value), language)}`;
  if (shape.kind === 'attachment') {
    const at = fileAt(plainText(value));
    const isPicture = shape.types.every((type) => type === 'jpeg' || type === 'png');
    return html`<a href="${at}" download>${isPicture && html`<img class="picture" src="${at}" alt="">`}${label[language]} (<code>${plainText(value).slice(0, 12)}</code>)</a>`;
  }
  if (shape.kind === 'group') return valuesOf(shape.fields, asValues(value), language, fileAt);
  if (shape.kind === 'list')
    return Array.isArray(value) && value.length > 0
      ? html`${value.map((item) => valuesOf(shape.fields, asValues(item), language, fileAt))}`
      : html`–`;
  return html`<span class="text">${plainText(value)}</span>`;
}

const asValues = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
