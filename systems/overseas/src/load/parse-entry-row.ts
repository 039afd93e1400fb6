/**
 * One row of an entry file, checked by itself. Pure: what depends on other rows or on the database is checked later, by
 * set. The first thing wrong is the row's reason; the detail names the column and never repeats its content.
 */
import type { IsoDate } from '@ishizue/clock';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import { fail, ok, type Result } from '@ishizue/outcome';
import { isBeforeBirth, isCalendarDate, parseResidentCode, type Sex } from '@ishizue/registry';
import { checkPersonText, parsePartialDate, resolveGlyphReferences } from '@ishizue/text';
import { type DomicileFailure, resolveDomicile } from '../domicile/resolve-domicile.ts';
import { holdsIndividualNumber } from '../identity/without-individual-number.ts';
import type { EntryColumn, EntryFields } from './entry-columns.ts';

export type EntryRowFailure =
  | DomicileFailure
  | 'row-malformed'
  | 'row-width'
  | 'field-missing'
  | 'field-too-long'
  | 'field-text-refused'
  | 'glyph-unknown'
  | 'individual-number-in-text'
  | 'resident-code-malformed'
  | 'resident-code-check-digit'
  | 'birth-date-invalid'
  | 'sex-invalid'
  | 'overseas-invalid'
  | 'address-of-overseas-mover'
  | 'date-invalid'
  | 'date-in-the-future'
  | 'date-before-birth'
  | 'domicile-elsewhere';

/** A checked row, as the stage holds it. */
export interface EntryRow {
  readonly residentCode: string;
  readonly familyRegister: string;
  readonly familyRegisterHead: string;
  readonly name: string;
  readonly birthDate: string;
  readonly sex: Sex;
  readonly isOverseas: boolean;
  readonly address: string | null;
  readonly addressFixedOn: IsoDate;
  /** Municipality of the address; null where it names none of today. */
  readonly residence: string | null;
}

export interface EntryRowContext {
  /** Of domicile: whose file it is. */
  readonly municipality: string;
  readonly municipalities: MunicipalityDirectory;
  readonly today: IsoDate;
}

const SEXES: ReadonlyMap<string, Sex> = new Map([
  ['1', 1],
  ['2', 2],
  ['3', 3],
]);

export function parseEntryRow(
  fields: EntryFields,
  context: EntryRowContext,
): Result<EntryRow, EntryRowFailure> {
  const residentCode = parseResidentCode(fields.resident_code);
  if (!residentCode.ok) return residentCode;
  const sex = SEXES.get(fields.sex);
  if (sex === undefined) return fail('sex-invalid', 'sex is 1, 2 or 3');
  if (fields.overseas !== '' && fields.overseas !== '0' && fields.overseas !== '1')
    return fail('overseas-invalid', 'overseas is 1, 0 or empty');
  const isOverseas = fields.overseas === '1';
  const dates = checkDates(fields, isOverseas, context.today);
  if (!dates.ok) return dates;
  const familyRegister = readDomicile(fields, context);
  if (!familyRegister.ok) return familyRegister;
  const familyRegisterHead = readText(fields, 'family_register_head', 100);
  if (!familyRegisterHead.ok) return familyRegisterHead;
  const name = readText(fields, 'name', 100);
  if (!name.ok) return name;
  const address = readAddress(fields, isOverseas);
  if (!address.ok) return address;
  return ok({
    residentCode: residentCode.value,
    familyRegister: familyRegister.value,
    familyRegisterHead: familyRegisterHead.value,
    name: name.value,
    birthDate: fields.birth_date,
    sex,
    isOverseas,
    address: address.value,
    addressFixedOn: fields.address_fixed_on,
    residence: residenceOf(address.value, context),
  });
}

function checkDates(
  fields: EntryFields,
  isOverseas: boolean,
  today: IsoDate,
): Result<undefined, EntryRowFailure> {
  if (!parsePartialDate(fields.birth_date).ok)
    return fail('birth-date-invalid', 'birth_date is YYYY-MM-DD with 00 for what is unknown');
  if (fields.birth_date > today) return fail('date-in-the-future', 'birth_date is in the future');
  const fixedOn = fields.address_fixed_on;
  if (!isCalendarDate(fixedOn)) return fail('date-invalid', 'address_fixed_on is not a date');
  // a departure is planned: its day may lie ahead
  if (!isOverseas && fixedOn > today) return fail('date-in-the-future', 'address_fixed_on is in the future');
  if (isBeforeBirth(fixedOn, fields.birth_date))
    return fail('date-before-birth', 'address_fixed_on is before the birth');
  return ok(undefined);
}

function readDomicile(fields: EntryFields, context: EntryRowContext): Result<string, EntryRowFailure> {
  const text = readText(fields, 'family_register', 200);
  if (!text.ok) return text;
  const domicile = resolveDomicile(context.municipalities, text.value);
  if (!domicile.ok) return domicile;
  if (domicile.value !== context.municipality)
    return fail('domicile-elsewhere', 'family_register is a place in another municipality');
  return text;
}

function readAddress(fields: EntryFields, isOverseas: boolean): Result<string | null, EntryRowFailure> {
  if (!isOverseas) return readText(fields, 'address', 300);
  return fields.address === ''
    ? ok(null)
    : fail('address-of-overseas-mover', 'an overseas mover has no address in Japan');
}

function residenceOf(address: string | null, context: EntryRowContext): string | null {
  if (address === null) return null;
  const resolved = resolveDomicile(context.municipalities, address);
  return resolved.ok ? resolved.value : null;
}

function readText(
  fields: EntryFields,
  column: EntryColumn,
  length_max: number,
): Result<string, EntryRowFailure> {
  const raw = fields[column];
  if (raw === '') return fail('field-missing', `${column} is empty`);
  const resolved = raw.includes('{') ? resolveGlyphReferences(raw) : ok(raw);
  if (!resolved.ok)
    return fail('glyph-unknown', `${column} names a glyph that the character set does not have`);
  const checked = checkPersonText(resolved.value, length_max);
  if (!checked.ok)
    return checked.failure.code === 'text-too-long'
      ? fail('field-too-long', `${column} is longer than ${length_max} characters`)
      : fail('field-text-refused', `${column}: ${checked.failure.code}`);
  if (holdsIndividualNumber(resolved.value))
    return fail('individual-number-in-text', `${column} holds what may be an individual number`);
  return ok(resolved.value);
}
