/** The centre's ledger entries about a request: the actor is the person themselves, at the kiosk. */
import type { LedgerEntry } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';

export const ARTICLE = '住民基本台帳法 第12条';
export const AFFAIR = 'kiosk-certificate';

/** How a person acts at a kiosk; `pseudonym` is theirs at the site whose ledger it goes to. */
export function kioskAccess(pseudonym: Uint8Array, kiosk: string, requestId: string): Access {
  return {
    actorKind: 'person',
    actor: Buffer.from(pseudonym).toString('hex'),
    terminal: kiosk,
    article: ARTICLE,
    affair: AFFAIR,
    correlation: requestId,
  };
}

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
