/** Card applications’ share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const cardApplicationsSchema: SchemaOwner = {
  schema: 'card_applications',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
};
