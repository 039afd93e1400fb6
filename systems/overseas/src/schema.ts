/** The overseas system's share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const overseasSchema: SchemaOwner = {
  schema: 'overseas',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
};
