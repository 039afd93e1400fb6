/** The first row of a register file: which column stands where. */
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type HeaderFailure,
  REGISTER_COLUMNS,
  REJECT_COLUMNS,
  REQUIRED_COLUMNS,
  type RegisterColumn,
  type RegisterFields,
} from './register-columns.ts';

/** Turns records of a file into fields by column. */
export type FieldsOf = (record: readonly string[]) => RegisterFields;

export function readHeader(header: readonly string[]): Result<FieldsOf, HeaderFailure> {
  const names = header.map((name) => name.trim());
  const missing = REQUIRED_COLUMNS.filter((name) => !names.includes(name));
  if (missing.length > 0) return fail('columns-missing', `the file lacks ${missing.join(', ')}`);
  const known: readonly string[] = [...REGISTER_COLUMNS, ...REJECT_COLUMNS];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    return fail('columns-unknown', `${unknown.length} columns have names that a register file does not know`);
  if (new Set(names).size !== names.length) return fail('columns-repeated', 'a column is there twice');
  const positions = REGISTER_COLUMNS.map((column) => [column, names.indexOf(column)] as const);
  return ok((record) => {
    const fields: Partial<Record<RegisterColumn, string>> = {};
    for (const [column, position] of positions) fields[column] = (record[position] ?? '').trim();
    return fields as RegisterFields;
  });
}
