/** The ledger entries of phones' applications and ends: whose, by whom, and what came of it; in the acting transaction. */
import type { Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';

export interface TouchedPhone {
  readonly access: Access;
  /** Undefined where nobody was found. */
  readonly residentCode: string | undefined;
  readonly result: string;
}

export const recordPhone = (
  tx: Tx,
  { clock, pseudonyms }: JpkiContext,
  { access, residentCode, result }: TouchedPhone,
): Promise<void> =>
  recordEntry(tx, {
    site: NATIONAL_SITE,
    at: clock.now(),
    ...access,
    subject: residentCode === undefined ? null : pseudonyms.of(NATIONAL_SITE, residentCode),
    fields: ['phone-signature-certificate', 'phone-authentication-certificate'],
    result,
  });

const ARTICLES = {
  'phone-application': '公的個人認証法 第16条の2',
  'phone-end': '公的個人認証法 第16条の8',
} as const;

/** The holder acts themselves: by signature, known by nothing but the certificate. */
export function phoneAccess(
  { pseudonyms }: JpkiContext,
  residentCode: string | undefined,
  affair: keyof typeof ARTICLES,
  correlation: string,
): Access {
  const acting =
    residentCode === undefined
      ? ({ actorKind: 'system', actor: 'holder-of-a-certificate' } as const)
      : ({ actorKind: 'person', actor: pseudonyms.of(NATIONAL_SITE, residentCode).toString('hex') } as const);
  return { ...acting, terminal: 'phone', article: ARTICLES[affair], affair, correlation };
}
