/**
 * One row of a register file, checked by itself. Pure: what depends on other rows or on the database is checked later, by
 * set. The first thing wrong is the row's reason; the detail names the column and never repeats its content.
 */
import type { IsoDate } from '@ishizue/clock';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPersonText, parsePartialDate, resolveGlyphReferences } from '@ishizue/text';
import { isBeforeBirth, isCalendarDate } from '../events/guards.ts';
import type { Sex } from '../identity/event-reason.ts';
import { parseResidentCode } from '../identity/resident-code.ts';
import type { RegisterColumn, RegisterFields } from './register-columns.ts';

export type RowFailure =
  | 'row-width'
  | 'field-missing'
  | 'field-too-long'
  | 'field-text-refused'
  | 'glyph-unknown'
  | 'number-malformed'
  | 'resident-code-malformed'
  | 'resident-code-check-digit'
  | 'birth-date-invalid'
  | 'date-invalid'
  | 'date-in-the-future'
  | 'date-before-birth'
  | 'sex-invalid'
  | 'nationality-invalid'
  | 'ward-unknown'
  | 'ward-missing'
  | 'postal-code-invalid';

/** A checked row. Empty fields are null. */
export type RegisterRow = Readonly<
  Record<Exclude<RegisterColumn, 'sex' | NullableColumn>, string> & Record<NullableColumn, string | null>
> & { readonly sex: Sex };

type NullableColumn =
  | 'resident_code'
  | 'former_surname'
  | 'former_surname_kana'
  | 'alias'
  | 'alias_kana'
  | 'residence_status'
  | 'stay_expires_on'
  | 'ward_code'
  | 'postal_code'
  | 'building'
  | 'domicile'
  | 'family_register_head'
  | 'previous_address';

export interface RowContext {
  readonly municipality: string;
  readonly municipalities: MunicipalityDirectory;
  readonly today: IsoDate;
}

/** Characters at the most; 200 is what a certificate's address holds. */
const TEXT_LENGTHS: Readonly<Partial<Record<RegisterColumn, number>>> = {
  relationship: 30,
  name: 100,
  name_kana: 150,
  former_surname: 50,
  former_surname_kana: 80,
  alias: 100,
  alias_kana: 150,
  residence_status: 50,
  town: 100,
  lot: 60,
  building: 120,
  domicile: 200,
  family_register_head: 100,
  previous_address: 200,
};

const TEXT_COLUMNS = Object.entries(TEXT_LENGTHS) as readonly (readonly [RegisterColumn, number])[];
/** A village that is one postal area has no town names: `town` may be empty. */
const MUST_HAVE: readonly RegisterColumn[] = ['relationship', 'name', 'name_kana', 'lot'];
const PASSED_DATES: readonly RegisterColumn[] = ['became_resident_on', 'address_fixed_on'];
const NUMBER = /^[0-9]{1,15}$/;

export function parseRegisterRow(
  fields: RegisterFields,
  context: RowContext,
): Result<RegisterRow, RowFailure> {
  const texts = readTexts(fields);
  if (!texts.ok) return texts;
  const numbers = checkNumbers(fields);
  if (!numbers.ok) return numbers;
  const dates = checkDates(fields, context.today);
  if (!dates.ok) return dates;
  const place = checkPlace(fields, context);
  if (!place.ok) return place;
  const sex = SEXES.get(fields.sex);
  if (sex === undefined) return fail('sex-invalid', 'sex is 1, 2 or 3');
  const nationality = fields.nationality === '' ? 'JPN' : fields.nationality;
  if (!/^[A-Z]{3}$/.test(nationality))
    return fail('nationality-invalid', 'nationality is three capitals (ISO 3166)');
  return ok({
    ...texts.value,
    resident_number: fields.resident_number,
    household_number: fields.household_number,
    resident_code: orNull(fields.resident_code),
    birth_date: fields.birth_date,
    stay_expires_on: orNull(fields.stay_expires_on),
    ward_code: orNull(fields.ward_code),
    postal_code: orNull(fields.postal_code.replace('-', '')),
    became_resident_on: fields.became_resident_on,
    address_fixed_on: fields.address_fixed_on,
    sex,
    nationality,
  });
}

const SEXES: ReadonlyMap<string, Sex> = new Map([
  ['1', 1],
  ['2', 2],
  ['3', 3],
  ['男', 1],
  ['女', 2],
]);

const orNull = (text: string): string | null => (text === '' ? null : text);

type Texts = Pick<RegisterRow, 'relationship' | 'name' | 'name_kana' | 'town' | 'lot'> &
  Pick<RegisterRow, 'former_surname' | 'former_surname_kana' | 'alias' | 'alias_kana' | 'residence_status'> &
  Pick<RegisterRow, 'building' | 'domicile' | 'family_register_head' | 'previous_address'>;

function readTexts(fields: RegisterFields): Result<Texts, RowFailure> {
  const texts: Partial<Record<RegisterColumn, string | null>> = {};
  for (const [column, length_max] of TEXT_COLUMNS) {
    const raw = fields[column];
    if (raw === '') {
      if (MUST_HAVE.includes(column)) return fail('field-missing', `${column} is empty`);
      texts[column] = column === 'town' ? '' : null;
      continue;
    }
    const resolved = raw.includes('{') ? resolveGlyphReferences(raw) : ok(raw);
    if (!resolved.ok)
      return fail('glyph-unknown', `${column} names a glyph that the character set does not have`);
    const checked = checkPersonText(resolved.value, length_max);
    if (!checked.ok)
      return checked.failure.code === 'text-too-long'
        ? fail('field-too-long', `${column} is longer than ${length_max} characters`)
        : fail('field-text-refused', `${column}: ${checked.failure.code}`);
    texts[column] = resolved.value;
  }
  return ok(texts as Texts);
}

function checkNumbers(fields: RegisterFields): Result<undefined, RowFailure> {
  for (const column of ['resident_number', 'household_number'] as const) {
    if (fields[column] === '') return fail('field-missing', `${column} is empty`);
    if (!NUMBER.test(fields[column])) return fail('number-malformed', `${column} is 1 to 15 digits`);
  }
  if (fields.resident_code !== '') {
    const parsed = parseResidentCode(fields.resident_code);
    if (!parsed.ok) return parsed;
  }
  return ok(undefined);
}

function checkDates(fields: RegisterFields, today: IsoDate): Result<undefined, RowFailure> {
  const birth = parsePartialDate(fields.birth_date);
  if (!birth.ok) return fail('birth-date-invalid', 'birth_date is YYYY-MM-DD with 00 for what is unknown');
  if (fields.birth_date > today) return fail('date-in-the-future', 'birth_date is in the future');
  for (const column of PASSED_DATES) {
    const date = fields[column];
    if (!isCalendarDate(date)) return fail('date-invalid', `${column} is not a date`);
    if (date > today) return fail('date-in-the-future', `${column} is in the future`);
    if (isBeforeBirth(date, fields.birth_date))
      return fail('date-before-birth', `${column} is before the birth`);
  }
  if (fields.stay_expires_on !== '' && !isCalendarDate(fields.stay_expires_on))
    return fail('date-invalid', 'stay_expires_on is not a date');
  return ok(undefined);
}

function checkPlace(fields: RegisterFields, context: RowContext): Result<undefined, RowFailure> {
  const wards = context.municipalities.wardsOf(context.municipality, context.today);
  if (fields.ward_code === '' && wards.length > 0)
    return fail('ward-missing', 'ward_code is empty, and the city has wards');
  if (fields.ward_code !== '' && !wards.some((ward) => ward.code === fields.ward_code))
    return fail('ward-unknown', 'ward_code is no ward of the municipality today');
  if (fields.postal_code !== '' && !/^\d{3}-?\d{4}$/.test(fields.postal_code))
    return fail('postal-code-invalid', 'postal_code is seven digits');
  return ok(undefined);
}
