/**
 * Post offices that a municipality has authorised to renew certificates (地方公共団体の特定の事務の郵便局における取扱いに関する法律;
 * domain rules 6.2: nine municipalities and 31 offices in 2023), each by its own place code and for dated periods.
 */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';

export interface IssuingOffice {
  /** The place code, five digits. */
  readonly office: string;
  /** Six digits. */
  readonly municipality: string;
  readonly validFrom: IsoDate;
  readonly validTo: IsoDate;
}

export type OfficeFailure = 'municipality-unknown' | 'office-period-invalid';

/** Enters an authorisation, or the same again. Its end may be brought forward or put off under the same first day. */
export async function authoriseOffice(
  context: Pick<JpkiContext, 'sql' | 'municipalities'>,
  { office, municipality, validFrom, validTo }: IssuingOffice,
): Promise<Result<undefined, OfficeFailure>> {
  if (!context.municipalities.findMunicipality(municipality))
    return fail('municipality-unknown', 'there is no such municipality');
  if (validTo < validFrom) return fail('office-period-invalid', 'it ends before it begins');
  await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx`
      INSERT INTO jpki.issuing_office (office, municipality, valid_from, valid_to)
      VALUES (${office}, ${municipality}, ${validFrom}, ${validTo})
      ON CONFLICT (office, municipality, valid_from) DO UPDATE SET valid_to = excluded.valid_to`,
  );
  return ok(undefined);
}

/** Whether the municipality lets the office renew on that day. */
export async function isAuthorisedOffice(
  tx: Tx,
  desk: { readonly office: string; readonly municipality: string },
  on: IsoDate,
): Promise<boolean> {
  const rows = await tx`
    SELECT 1 FROM jpki.issuing_office WHERE office = ${desk.office} AND municipality = ${desk.municipality}
      AND ${on}::date BETWEEN valid_from AND valid_to`;
  return rows.length > 0;
}
