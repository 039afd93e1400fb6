/** The ledger entries of consents: whose, to whom or by whom, which items, and what came of it; in the acting transaction. */
import type { Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';

export interface TouchedConsent {
  readonly access: Access;
  /** Undefined where nobody was found. */
  readonly residentCode: string | undefined;
  readonly fields: readonly string[];
  readonly result: string;
}

export const recordConsent = (
  tx: Tx,
  { clock, pseudonyms }: JpkiContext,
  { access, residentCode, fields, result }: TouchedConsent,
): Promise<void> =>
  recordEntry(tx, {
    site: NATIONAL_SITE,
    at: clock.now(),
    ...access,
    subject: residentCode === undefined ? null : pseudonyms.of(NATIONAL_SITE, residentCode),
    fields: [...fields],
    result,
  });

/** The holder acts themselves: by signature, known by nothing but the certificate. */
export function holderAccess(
  { pseudonyms }: JpkiContext,
  residentCode: string | undefined,
  at: { readonly terminal: string; readonly affair: string; readonly correlation: string },
): Access {
  const acting =
    residentCode === undefined
      ? ({ actorKind: 'system', actor: 'holder-of-a-certificate' } as const)
      : ({
          actorKind: 'person',
          actor: pseudonyms.of(NATIONAL_SITE, residentCode).toString('hex'),
        } as const);
  return { ...acting, ...at, article: '公的個人認証法 第18条' };
}
