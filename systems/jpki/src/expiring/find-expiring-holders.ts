/**
 * Holders whose live certificates end within a span of days, a page of holders at a time in the order of their codes, for
 * whoever writes to them (docs/flows/expiry-notices.md). Every page is on the ledgers of those it names, as joint entries.
 */
import { type IsoDate, startOfDateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { JpkiContext } from '../jpki-context.ts';
import { CARD_KINDS, type CardKind } from '../profile/certificate-kind.ts';

/** The certificates of one person on one card. */
export interface ExpiringHolder {
  readonly residentCode: string;
  readonly cardId: string;
  /** Last days in Tokyo, of the kinds that end within the span. */
  readonly ends: Readonly<Partial<Record<CardKind, IsoDate>>>;
}

export interface ExpiringPage {
  /** Both inclusive. */
  readonly endsFrom: IsoDate;
  readonly endsTo: IsoDate;
  /** The last code of the page before; '' for the first. */
  readonly after: string;
  /** At most 5,000. */
  readonly holders_max: number;
}

const HOLDERS_MAX = 5_000;

export function findExpiringHolders(
  context: Pick<JpkiContext, 'sql' | 'clock' | 'pseudonyms'>,
  access: Access,
  { endsFrom, endsTo, after, holders_max }: ExpiringPage,
): Promise<readonly ExpiringHolder[]> {
  const from = new Date(startOfDateInTokyo(endsFrom));
  const before = new Date(startOfDateInTokyo(endsTo) + 86_400_000); // days in Tokyo have 24 hours
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const holders = await tx<ExpiringHolder[]>`
      WITH holder AS (
        SELECT DISTINCT resident_code FROM jpki.certificate
        WHERE kind = ANY(${CARD_KINDS}::text[]) AND signature IS NOT NULL AND revoked_at IS NULL AND resident_code > ${after}
          AND expires_at >= ${from} AND expires_at < ${before}
        ORDER BY resident_code LIMIT ${Math.min(holders_max, HOLDERS_MAX)})
      SELECT resident_code AS "residentCode", card_id AS "cardId",
        jsonb_object_agg(kind, (expires_at AT TIME ZONE 'Asia/Tokyo')::date) AS ends
      FROM jpki.certificate JOIN holder USING (resident_code)
      WHERE kind = ANY(${CARD_KINDS}::text[]) AND signature IS NOT NULL AND revoked_at IS NULL
        AND expires_at >= ${from} AND expires_at < ${before}
      GROUP BY resident_code, card_id ORDER BY resident_code, card_id`;
    const codes = [...new Set(holders.map(({ residentCode }) => residentCode))];
    const { correlation, ...common } = access;
    await recordAlike(
      tx,
      {
        site: NATIONAL_SITE,
        at: context.clock.now(),
        ...common,
        fields: ['authentication-certificate', 'signature-certificate', 'card-id'],
      },
      codes.map((code) => ({
        subject: context.pseudonyms.of(NATIONAL_SITE, code),
        result: 'ok',
        correlation,
      })),
    );
    return holders.map(({ residentCode, cardId, ends }) => ({ residentCode, cardId, ends }));
  });
}
