/** JPKI's share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const jpkiSchema: SchemaOwner = {
  schema: 'jpki',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
  connections_max: 20,
};
