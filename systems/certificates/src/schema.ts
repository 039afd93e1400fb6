/** The certificates' share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const certificatesSchema: SchemaOwner = {
  schema: 'certificates',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
  connections_max: 20,
};
