/** The key server's share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const keyServerSchema: SchemaOwner = {
  schema: 'key_server',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
};
