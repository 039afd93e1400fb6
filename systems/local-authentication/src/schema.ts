/** Local authentication's share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const localAuthenticationSchema: SchemaOwner = {
  schema: 'local_authentication',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
};
