/** The columns of an entry file (docs/flows/overseas.md step 1). Order is free; all must be there, and no others. */
import { fail, ok, type Result } from '@ishizue/outcome';

export const ENTRY_COLUMNS = [
  'resident_code',
  'family_register',
  'family_register_head',
  'name',
  'birth_date',
  'sex',
  'overseas',
  'address',
  'address_fixed_on',
] as const;

export type EntryColumn = (typeof ENTRY_COLUMNS)[number];

/** A row's fields by column, as text. */
export type EntryFields = Readonly<Record<EntryColumn, string>>;

/** What a reject file has besides; ignored when a corrected one is loaded. */
const REJECT_COLUMNS: readonly string[] = ['reject_row', 'reject_code', 'reject_detail'];

export type EntryHeaderFailure = 'file-empty' | 'columns-missing' | 'columns-unknown' | 'columns-repeated';

/** Turns a file's header into what gives a record's fields by column. */
export function readEntryHeader(
  header: readonly string[],
): Result<(record: readonly string[]) => EntryFields, EntryHeaderFailure> {
  const names = header.map((name) => name.trim());
  const missing = ENTRY_COLUMNS.filter((name) => !names.includes(name));
  if (missing.length > 0) return fail('columns-missing', `the file lacks ${missing.join(', ')}`);
  const known: readonly string[] = [...ENTRY_COLUMNS, ...REJECT_COLUMNS];
  if (names.some((name) => !known.includes(name)))
    return fail('columns-unknown', 'a column has a name that an entry file does not know');
  if (new Set(names).size !== names.length) return fail('columns-repeated', 'a column is there twice');
  const fieldOf = (record: readonly string[], column: EntryColumn): string =>
    (record[names.indexOf(column)] ?? '').trim();
  return ok((record) => ({
    resident_code: fieldOf(record, 'resident_code'),
    family_register: fieldOf(record, 'family_register'),
    family_register_head: fieldOf(record, 'family_register_head'),
    name: fieldOf(record, 'name'),
    birth_date: fieldOf(record, 'birth_date'),
    sex: fieldOf(record, 'sex'),
    overseas: fieldOf(record, 'overseas'),
    address: fieldOf(record, 'address'),
    address_fixed_on: fieldOf(record, 'address_fixed_on'),
  }));
}
