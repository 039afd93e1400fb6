/** The schema that this package owns: public reference data, the same at every site, without personal data. */
import type { SchemaOwner } from '@ishizue/db';

export const municipalitiesSchema: SchemaOwner = {
  schema: 'municipalities',
  migrations: new URL('../migrations/', import.meta.url),
};
