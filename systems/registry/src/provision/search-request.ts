/** A search of an agency as it comes over the wire: who is sought by what is known of the person, without a key. */
import { z } from 'zod';
import { caseNumber, provisionTerms } from './provision-request.ts';
import { PROVISION_ITEMS } from './provision-rules.ts';

/** Identity items but the last change: a search reads a person's row as far as it is compared. */
const items = z
  .array(z.enum(PROVISION_ITEMS.filter((item) => item !== 'change')))
  .min(1)
  .max(PROVISION_ITEMS.length);

/** Lengths are bounded here, contents are the search's own refusals and on the ledger. */
const person = z.strictObject({
  name: z.string().max(1_000).nullish(),
  birthDate: z.string().max(20).nullish().describe('YYYY-MM-DD, 00 for a part that nobody knows'),
  sex: z.union([z.literal(1), z.literal(2), z.literal(3)]).nullish(),
  address: z.string().max(2_000).nullish(),
});

export const searchRequest = z.strictObject({
  row: provisionTerms.row,
  affair: provisionTerms.affair,
  items,
  caseNumber,
  /** By which keys: `strict` needs name, birth date and address; the others find no number and at most one person. */
  search: z.enum(['strict', 'name-and-birth-date', 'birth-date-and-address']),
  person,
});
export type SearchRequest = z.infer<typeof searchRequest>;
