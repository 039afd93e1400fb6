/** Numbering's share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const numberingSchema: SchemaOwner = {
  schema: 'numbering',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
};
