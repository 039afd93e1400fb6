/** The registry's share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const registrySchema: SchemaOwner = {
  schema: 'registry',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
  connections_max: 20,
};
