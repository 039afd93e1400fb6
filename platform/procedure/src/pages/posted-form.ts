/**
 * The value of fields from what a form of ours posted: names are places (`form.costs.0.amount`), everything is text. What is
 * left empty is absent; rows of lists that are all empty are none. Whether the value is right, the schema says.
 */
import type { Field, Fields } from '../define/field.ts';

export type Posted = Readonly<Record<string, string | readonly string[] | undefined>>;

export function valueOfPosted(fields: Fields, posted: Posted, place: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const value = one(field, posted, `${place}.${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function one({ shape, optional }: Field, posted: Posted, place: string): unknown {
  if (shape.kind === 'group') {
    const value = valueOfPosted(shape.fields, posted, place);
    return optional && isEmpty(value) ? undefined : value;
  }
  if (shape.kind === 'list') {
    const rows = Array.from({ length: shape.max }, (_, index) =>
      valueOfPosted(shape.fields, posted, `${place}.${index}`),
    );
    return rows.filter((row) => !isEmpty(row));
  }
  const given = posted[place];
  if (shape.kind === 'choices') {
    const ticked = (typeof given === 'string' ? [given] : (given ?? [])).filter((option) => option !== '');
    return optional && ticked.length === 0 ? undefined : ticked;
  }
  const text = (typeof given === 'string' ? given : (given?.at(-1) ?? '')).replaceAll('\r\n', '\n').trim();
  if (shape.kind === 'flag') return text === 'on';
  if (text === '') return undefined;
  return shape.kind === 'money' || shape.kind === 'count' ? numberOf(text) : text;
}

/** Digits as people write them: with commas, or of full width. What is no number stays text, and is refused as such. */
function numberOf(text: string): number | string {
  const plain = text
    .replaceAll(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replaceAll(/[,，]/g, '');
  return /^-?\d{1,16}$/.test(plain) ? Number(plain) : text;
}

const isEmpty = (value: Readonly<Record<string, unknown>>): boolean =>
  Object.values(value).every(
    (part) => part === undefined || part === false || (Array.isArray(part) && part.length === 0),
  );
