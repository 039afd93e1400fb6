/** The ledger entries of JPKI: whose certificate was touched, of which kind, and what came of it. Always at the national site. */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from './jpki-context.ts';
import type { CertificateKind } from './profile/certificate-kind.ts';

export interface TouchedCertificate {
  readonly access: Access;
  readonly residentCode: string;
  readonly kind: CertificateKind;
  /** `ok`, or what was done or refused, kebab-case. */
  readonly result: string;
}

const FIELDS: Readonly<Record<CertificateKind, readonly string[]>> = {
  signature: ['signature-certificate', 'name', 'birth-date', 'sex', 'address'],
  authentication: ['authentication-certificate'],
  'phone-signature': ['phone-signature-certificate', 'name', 'birth-date', 'sex', 'address'],
  'phone-authentication': ['phone-authentication-certificate'],
};

/** Records what was done, in the transaction that does it. */
export const recordAccess = (
  tx: Tx,
  { clock, pseudonyms }: Pick<JpkiContext, 'clock' | 'pseudonyms'>,
  touched: readonly TouchedCertificate[],
): Promise<void> => {
  const at = clock.now();
  return recordEntries(
    tx,
    touched.map(({ access, residentCode, kind, result }) => ({
      site: NATIONAL_SITE,
      at,
      ...access,
      subject: pseudonyms.of(NATIONAL_SITE, residentCode),
      fields: FIELDS[kind],
      result,
    })),
  );
};
