/**
 * The fields of forms, records and moves: each with its words in both languages and its rules. From them follow the type of
 * the value, the schema that parses it, the screen and the documentation. There is no field for secrets: forms are kept as
 * they are (docs/decisions/0013-procedures-in-one-schema.md).
 */

/** What people read, in both languages. */
export interface Words {
  readonly ja: string;
  readonly en: string;
}

/** Types of attachments, found by their bytes. */
export const ATTACHMENT_TYPES = ['pdf', 'jpeg', 'png', 'text'] as const;
export type AttachmentType = (typeof ATTACHMENT_TYPES)[number];

/** What kind of field it is, with its rules; lengths in characters (code points). */
export type FieldShape =
  | {
      readonly kind: 'text';
      readonly min: number;
      readonly max: number;
      readonly lines: boolean;
      readonly pattern?: RegExp;
    }
  | { readonly kind: 'date' }
  | { readonly kind: 'choice'; readonly options: Readonly<Record<string, Words>> }
  | {
      readonly kind: 'choices';
      readonly options: Readonly<Record<string, Words>>;
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: 'flag' }
  | { readonly kind: 'money' | 'count'; readonly min: number; readonly max: number }
  | { readonly kind: 'code'; readonly pattern: RegExp; readonly check?: (code: string) => boolean }
  | { readonly kind: 'attachment'; readonly types: readonly AttachmentType[]; readonly bytes_max: number }
  | { readonly kind: 'group'; readonly fields: Fields }
  | { readonly kind: 'list'; readonly fields: Fields; readonly min: number; readonly max: number };

/** A field; `Value` is the type of its value and exists for the compiler only. */
export interface Field<Value = unknown, Optional extends boolean = boolean> {
  readonly label: Words;
  readonly hint: Words | undefined;
  readonly optional: Optional;
  readonly shape: FieldShape;
  readonly '~value'?: Value;
}

/** Fields by name; names are camelCase. */
export type Fields = Readonly<Record<string, Field>>;

type ValueOf<F> = F extends Field<infer Value> ? Value : never;
type OptionalNames<F extends Fields> = {
  [K in keyof F]: F[K]['optional'] extends false ? never : K;
}[keyof F];
type Plain<T> = { [K in keyof T]: T[K] };

/** The value of fields; optional ones may be absent. */
export type FormValue<F extends Fields> = Plain<
  { readonly [K in Exclude<keyof F, OptionalNames<F>>]: ValueOf<F[K]> } & {
    readonly [K in OptionalNames<F>]?: ValueOf<F[K]> | undefined;
  }
>;

interface Common {
  readonly optional?: boolean;
  readonly hint?: Words;
}
type IsOptional<Rules> = Rules extends { readonly optional: true } ? true : false;

const TEXT_MAX = 10_000;
const LIST_MAX = 100;

function field<Value, Rules extends Common>(
  label: Words,
  rules: Rules,
  shape: FieldShape,
): Field<Value, IsOptional<Rules>> {
  return { label, hint: rules.hint, optional: (rules.optional === true) as IsOptional<Rules>, shape };
}

/** A line of text, or several (`lines`). @param rules `max` and `min` in characters */
export const text = <
  const R extends Common & {
    readonly max: number;
    readonly min?: number;
    readonly lines?: boolean;
    readonly pattern?: RegExp;
  },
>(
  label: Words,
  rules: R,
) =>
  field<string, R>(label, rules, {
    kind: 'text',
    min: rules.min ?? 1,
    max: Math.min(rules.max, TEXT_MAX),
    lines: rules.lines === true,
    ...(rules.pattern && { pattern: rules.pattern }),
  });

/** A calendar date, `2026-11-23`. */
export const date = <const R extends Common = Common>(label: Words, rules?: R) =>
  field<string, R>(label, rules ?? ({} as R), { kind: 'date' });

/** One of some codes, each with its words. */
export const choice = <const R extends Common & { readonly options: Readonly<Record<string, Words>> }>(
  label: Words,
  rules: R,
) => field<keyof R['options'] & string, R>(label, rules, { kind: 'choice', options: rules.options });

/**
 * Several of some codes, each once, whatever their order: kept in the order of the options, so that two of the same are equal.
 * On a screen boxes to tick.
 */
export const choices = <
  const R extends Common & {
    readonly options: Readonly<Record<string, Words>>;
    readonly min?: number;
    readonly max?: number;
  },
>(
  label: Words,
  rules: R,
) => {
  const count_max = Object.keys(rules.options).length;
  return field<readonly (keyof R['options'] & string)[], R>(label, rules, {
    kind: 'choices',
    options: rules.options,
    min: rules.min ?? 0,
    max: Math.min(rules.max ?? count_max, count_max),
  });
};

/** Yes or no; on a screen a box that is not ticked beforehand. */
export const flag = <const R extends Common = Common>(label: Words, rules?: R) =>
  field<boolean, R>(label, rules ?? ({} as R), { kind: 'flag' });

interface Between {
  readonly min?: number;
  readonly max?: number;
}

/** Whole yen. */
export const money = <const R extends Common & Between>(label: Words, rules: R) =>
  field<number, R>(label, rules, whole('money', rules));

/** A whole number that is not money: a year, pages. */
export const count = <const R extends Common & Between>(label: Words, rules: R) =>
  field<number, R>(label, rules, whole('count', rules));

const whole = (kind: 'money' | 'count', { min, max }: Between): FieldShape => ({
  kind,
  min: min ?? 0,
  max: max ?? Number.MAX_SAFE_INTEGER,
});

/** A code: a pattern over the whole of it, and a further check such as a check digit. */
export const code = <
  const R extends Common & { readonly pattern: RegExp; readonly check?: (code: string) => boolean },
>(
  label: Words,
  rules: R,
) =>
  field<string, R>(label, rules, {
    kind: 'code',
    pattern: rules.pattern,
    ...(rules.check && { check: rules.check }),
  });

/** A file that was uploaded for this field; its value is the SHA-256 in hexadecimal. */
export const attachment = <
  const R extends Common & { readonly types: readonly AttachmentType[]; readonly bytes_max: number },
>(
  label: Words,
  rules: R,
) => field<string, R>(label, rules, { kind: 'attachment', types: rules.types, bytes_max: rules.bytes_max });

/** Fields that belong together. */
export const group = <const F extends Fields, const R extends Common & { readonly fields: F }>(
  label: Words,
  rules: R & { readonly fields: F },
) => field<FormValue<F>, R>(label, rules, { kind: 'group', fields: rules.fields });

/** The same fields several times, at most 100. */
export const list = <
  const F extends Fields,
  const R extends Common & { readonly fields: F; readonly max: number; readonly min?: number },
>(
  label: Words,
  rules: R & { readonly fields: F },
) =>
  field<readonly FormValue<F>[], R>(label, rules, {
    kind: 'list',
    fields: rules.fields,
    min: rules.min ?? 0,
    max: Math.min(rules.max, LIST_MAX),
  });
