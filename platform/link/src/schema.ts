/** What this package owns in the database. */
import type { SchemaOwner } from '@ishizue/db';

/** The schema `link`; its role `ishizue_link` dispatches and watches, systems reach its functions only. */
export const linkSchema: SchemaOwner = {
  schema: 'link',
  migrations: new URL('../migrations/', import.meta.url),
};
