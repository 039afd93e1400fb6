/** The help desk's share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const helpDeskSchema: SchemaOwner = {
  schema: 'help_desk',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
};
