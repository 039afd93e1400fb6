/**
 * PostgreSQL's arrays for the driver (manual 8.15), declared here so that it need not ask the server for them: it does so
 * on every new connection, and a connection lost during that question ends the process. One dimension; NULL is null.
 * Numbers and texts travel to the server; the driver takes an array of anything else for a single value.
 */
import type { PostgresType } from 'postgres';
import { parse } from 'postgres-array';

type ParseElement = (text: string) => unknown;

const SPECIAL = /["\\]/;
const EVERY_SPECIAL = /["\\]/g;

/** The literal of an array, e.g. `{"a","b \"c\"",NULL,1}`. */
export function formatArray(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (value === null) return 'NULL';
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string')
      throw new Error(`an array for the database holds what is neither text nor number: ${typeof value}`);
    return `"${SPECIAL.test(value) ? value.replace(EVERY_SPECIAL, '\\$&') : value}"`;
  });
  return `{${elements.join(',')}}`;
}

function arrayType(oid: number, parseElement: ParseElement): PostgresType {
  return {
    to: oid,
    from: [oid],
    // a literal passes as it is
    serialize: (value: unknown) => (Array.isArray(value) ? formatArray(value) : value),
    parse: (text: string) => parse(text, parseElement),
  };
}

/** The array types of the house, for the driver's `types`; the numbers are those of `pg_type`, the same everywhere. */
export const arrayTypesWith = (parseInt8: (text: string) => number): Record<string, PostgresType> => ({
  boolArray: arrayType(1000, (text) => text === 't'),
  byteaArray: arrayType(1001, (text) => Buffer.from(text.slice(2), 'hex')),
  nameArray: arrayType(1003, (text) => text),
  int2Array: arrayType(1005, Number),
  int4Array: arrayType(1007, Number),
  textArray: arrayType(1009, (text) => text),
  int8Array: arrayType(1016, parseInt8),
  float8Array: arrayType(1022, Number),
  dateArray: arrayType(1182, (text) => text),
  timestamptzArray: arrayType(1185, (text) => new Date(text)),
  xid8Array: arrayType(271, (text) => text),
});
