/**
 * Parses the value of fields, once, by the schema that follows from them. What is not a field is refused, never dropped.
 * What is wrong is told by place and rule, never with the value.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import type { Field, FieldShape, Fields, FormValue } from './field.ts';

/** What is wrong at one place: a path like `items.0.amount`, and the broken rule. */
export interface FormFault {
  readonly path: string;
  readonly rule: FormRule;
}

export const FORM_RULES = [
  'missing',
  'not-a-field',
  'too-long',
  'too-short',
  'too-large',
  'too-small',
  'malformed',
  'not-a-choice',
  'repeated',
  'too-many',
  'too-few',
] as const;
export type FormRule = (typeof FORM_RULES)[number];

/** Values that are wrong; `detail` names the places. */
export type FormFailure = Result<never, 'form-invalid'> & { readonly faults: readonly FormFault[] };

const schemas = new WeakMap<Fields, z.ZodType>();

/** The schema of fields, made once. */
export function schemaOf(fields: Fields): z.ZodType {
  const known = schemas.get(fields);
  if (known) return known;
  const made = z.strictObject(
    Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [
        name,
        field.optional ? oneOf(field).optional() : oneOf(field),
      ]),
    ),
  );
  schemas.set(fields, made);
  return made;
}

const oneOf = (field: Field): z.ZodType => shapeSchema(field.shape);

function shapeSchema(shape: FieldShape): z.ZodType {
  switch (shape.kind) {
    case 'text':
      return textSchema(shape);
    case 'date':
      return z.iso.date();
    case 'choice':
      return z.enum(Object.keys(shape.options));
    case 'choices':
      return choicesSchema(shape);
    case 'flag':
      return z.boolean();
    case 'money':
    case 'count':
      return z.int().min(shape.min).max(shape.max);
    case 'code': {
      const { pattern, check } = shape;
      const isCode = (value: string): boolean => whole(pattern).test(value) && (check?.(value) ?? true);
      return z
        .string()
        .max(200)
        .refine(isCode, { params: { rule: 'malformed' } });
    }
    case 'attachment':
      return z.string().regex(/^[0-9a-f]{64}$/);
    case 'group':
      return schemaOf(shape.fields);
    case 'list':
      return z.array(schemaOf(shape.fields)).min(shape.min).max(shape.max);
  }
}

function choicesSchema({ options, min, max }: Extract<FieldShape, { kind: 'choices' }>): z.ZodType {
  const known = Object.keys(options);
  return z
    .array(z.enum(known))
    .refine((given) => new Set(given).size === given.length, { params: { rule: 'repeated' }, abort: true })
    .min(min)
    .max(max)
    .overwrite((given) => known.filter((option) => given.includes(option)))
    .meta({ uniqueItems: true });
}

/** Controls, but for line ends where there are lines, are in no text: they would not come through a form again. */
function textSchema({ min, max, lines, pattern }: Extract<FieldShape, { kind: 'text' }>): z.ZodType {
  // oxlint-disable-next-line no-control-regex -- controls are what is looked for
  const controls = lines ? /[\u0000-\u0009\u000b-\u001f\u007f]/ : /[\u0000-\u001f\u007f]/;
  const length = (value: string): number => Array.from(value).length;
  return z
    .string()
    .max(max * 2, { error: 'too-long' })
    .refine((value) => length(value) >= min, { params: { rule: 'too-short' } })
    .refine((value) => length(value) <= max, { params: { rule: 'too-long' } })
    .refine((value) => value.isWellFormed() && !controls.test(value), { params: { rule: 'malformed' } })
    .refine((value) => pattern === undefined || whole(pattern).test(value), {
      params: { rule: 'malformed' },
    });
}

const whole = (pattern: RegExp): RegExp =>
  new RegExp(`^(?:${pattern.source})$`, pattern.flags.replaceAll(/[gy]/g, ''));

/** Parses a value of fields. */
export function parseForm<F extends Fields>(
  fields: F,
  value: unknown,
): { readonly ok: true; readonly value: FormValue<F> } | (FormFailure & { readonly ok: false }) {
  const parsed = schemaOf(fields).safeParse(value, { reportInput: true });
  // the schema was made from these very fields
  if (parsed.success) return ok(parsed.data as FormValue<F>);
  const faults = parsed.error.issues.flatMap(faultsOf);
  const places = faults.map(({ path, rule }) => `${path} ${rule}`).slice(0, 20);
  return { ...fail('form-invalid', places.join(', ')), faults };
}

function faultsOf(issue: z.core.$ZodIssue): readonly FormFault[] {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') return [{ path, rule: 'not-a-field' }];
  return [{ path, rule: ruleOf(issue) }];
}

function ruleOf(issue: z.core.$ZodIssue): FormRule {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'missing' : 'malformed';
    case 'invalid_value':
      return issue.input === undefined ? 'missing' : 'not-a-choice';
    case 'too_big':
      if (issue.origin === 'array') return 'too-many';
      return issue.origin === 'string' ? 'too-long' : 'too-large';
    case 'too_small':
      if (issue.origin === 'array') return 'too-few';
      return issue.origin === 'string' ? 'too-short' : 'too-small';
    case 'custom':
      return FORM_RULES.find((rule) => rule === issue.params?.['rule']) ?? 'malformed';
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return 'malformed';
  }
}

/** One attachment that a value names. */
export interface NamedAttachment {
  /** The place of the field without positions in lists: `documents.file`. */
  readonly field: string;
  readonly sha256: string;
}

/** The attachments that a value of fields names, wherever they stand. */
export function attachmentsIn(fields: Fields, value: unknown, at = ''): readonly NamedAttachment[] {
  if (typeof value !== 'object' || value === null) return [];
  const values = value as Readonly<Record<string, unknown>>;
  return Object.entries(fields).flatMap(([name, { shape }]) => {
    const found = values[name];
    const place = at === '' ? name : `${at}.${name}`;
    if (shape.kind === 'attachment')
      return typeof found === 'string' ? [{ field: place, sha256: found }] : [];
    if (shape.kind === 'group') return attachmentsIn(shape.fields, found, place);
    if (shape.kind === 'list' && Array.isArray(found))
      return found.flatMap((item) => attachmentsIn(shape.fields, item, place));
    return [];
  });
}

/** The field at a place without positions in lists. */
export function fieldAt(fields: Fields, place: string): Field | undefined {
  const [name = '', ...rest] = place.split('.');
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (rest.length === 0 || !field) return field;
  return 'fields' in field.shape ? fieldAt(field.shape.fields, rest.join('.')) : undefined;
}
