/**
 * One line of a register as a municipality's own system exports it, and as the import reads it: every field is text,
 * an absent field is empty. The order of the columns is the order in the file.
 */
export const REGISTER_COLUMNS = [
  'resident_number',
  'household_number',
  'relationship',
  'resident_code',
  'name',
  'name_kana',
  'former_surname',
  'former_surname_kana',
  'alias',
  'alias_kana',
  'birth_date',
  'sex',
  'nationality',
  'residence_status',
  'stay_expires_on',
  'ward_code',
  'postal_code',
  'town',
  'lot',
  'building',
  'domicile',
  'family_register_head',
  'became_resident_on',
  'address_fixed_on',
  'previous_address',
] as const;

export type RegisterColumn = (typeof REGISTER_COLUMNS)[number];

/**
 * - `resident_number`, `household_number`: ten digits, the municipality's own
 * - `resident_code`: empty, codes come from the national allocation
 * - `name`, `name_kana`, `alias`…: U+3000 between family and given name
 * - `birth_date`: `YYYY-MM-DD`, or 00 for an unknown part; `sex`: 1 male, 2 female, 3 unknown
 * - `nationality`: ISO 3166-1 alpha-3; `postal_code`: seven digits; `ward_code`: six digits, designated cities only
 * - `domicile`, `family_register_head`: empty for foreign residents
 */
export type RegisterRow = { readonly [Column in RegisterColumn]: string };
