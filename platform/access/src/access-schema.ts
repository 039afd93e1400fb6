/** The share of the database that holds operators, sessions, challenges and nonces. */
import type { SchemaOwner } from '@ishizue/db';

/** Schema `access`, role `ishizue_access`. */
export const accessSchema: SchemaOwner = {
  schema: 'access',
  migrations: new URL('../migrations/', import.meta.url),
};
