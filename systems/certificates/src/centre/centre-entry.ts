/** The centre's ledger entries about a request: the actor is the person themselves, at the kiosk. */
import type { LedgerEntry } from '@ishizue/ledger';
import { NATIONAL_SITE } from '@ishizue/registry';
import { kioskAccess } from '../kiosk-access.ts';

/** One entry about the request of a person. */
export function centreEntry(
  request: { readonly requestId: string; readonly kiosk: string },
  subject: Uint8Array,
  at: number,
  fields: readonly string[],
  result: string,
): LedgerEntry {
  return {
    site: NATIONAL_SITE,
    at,
    ...kioskAccess(subject, request.kiosk, request.requestId),
    subject,
    fields,
    result,
  };
}
