/** Cards' share of the database. */
import type { SchemaOwner } from '@ishizue/db';

export const cardsSchema: SchemaOwner = {
  schema: 'cards',
  migrations: new URL('../migrations/', import.meta.url),
  system: true,
};
