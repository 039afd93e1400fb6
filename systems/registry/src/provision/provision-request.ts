/**
 * One query of an agency as it comes over the wire, parsed at the door. A case number goes into the ledger and so may hold
 * no number of a person: ten digits in a row are refused here, not by the ledger.
 */
import { z } from 'zod';
import { clearNumber } from '../numbers/number-cipher.ts';
import { PROVISION_ITEMS } from './provision-rules.ts';

/** The agency's own case, job or list: words and short numbers, never ten digits in a row. */
export const caseNumber = z.string().regex(/^(?!.*\d{10})[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$/);

/** Row, affair and items: what every query names. */
export const provisionTerms = {
  row: z.string().regex(/^\d{1,3}(-\d{1,2})?$/),
  affair: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
  items: z.array(z.enum(PROVISION_ITEMS)).min(1).max(PROVISION_ITEMS.length),
};

export const provisionRequest = z.strictObject({
  ...provisionTerms,
  caseNumber,
  person: z.union([
    z.strictObject({ residentCode: z.string().regex(/^\d{11}$/) }),
    z.strictObject({ individualNumber: clearNumber }),
  ]),
});

/** One person, asked for by exactly one key. A search by the four items finds the resident code first. */
export type ProvisionRequest = z.infer<typeof provisionRequest>;
