/** The ledger's share of the database: schema `ledger`, into which every system may insert entries and nothing else. */
import type { SchemaOwner } from '@ishizue/db';

export const ledgerSchema: SchemaOwner = {
  schema: 'ledger',
  migrations: new URL('../migrations/', import.meta.url),
};
