/**
 * The columns of a register file, as a municipality's system hands it over (docs/register-file.md). Order is free; a file
 * must have the required ones and may have none that are not named here.
 */

export const REQUIRED_COLUMNS = [
  'resident_number',
  'household_number',
  'relationship',
  'name',
  'name_kana',
  'birth_date',
  'sex',
  'town',
  'lot',
  'became_resident_on',
  'address_fixed_on',
] as const;

export const OPTIONAL_COLUMNS = [
  'resident_code',
  'former_surname',
  'former_surname_kana',
  'alias',
  'alias_kana',
  'nationality',
  'residence_status',
  'stay_expires_on',
  'ward_code',
  'postal_code',
  'building',
  'domicile',
  'family_register_head',
  'previous_address',
] as const;

/** What the importer itself adds to a reject file: ignored when a corrected reject file is loaded. */
export const REJECT_COLUMNS = ['reject_row', 'reject_code', 'reject_detail'] as const;

export type RegisterColumn = (typeof REQUIRED_COLUMNS)[number] | (typeof OPTIONAL_COLUMNS)[number];

export const REGISTER_COLUMNS: readonly RegisterColumn[] = [...REQUIRED_COLUMNS, ...OPTIONAL_COLUMNS];

/** A row's fields by column, as text; absent columns are empty. */
export type RegisterFields = Readonly<Record<RegisterColumn, string>>;

export type HeaderFailure = 'columns-missing' | 'columns-unknown' | 'columns-repeated' | 'file-empty';
