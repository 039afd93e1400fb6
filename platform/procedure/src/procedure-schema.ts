/** The share of the database in which all procedures keep their cases, each system's fenced from the others. */
import type { SchemaOwner } from '@ishizue/db';

export const procedureSchema: SchemaOwner = {
  schema: 'procedure',
  migrations: new URL('../migrations/', import.meta.url),
};
