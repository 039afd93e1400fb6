/** Sign-in's share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const signInSchema: SchemaOwner = {
  schema: 'sign_in',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
};
