/**
 * Notices to a municipality of domicile that no link leads to: an officer of the municipality of residence takes them and
 * sends them by paper. Each is taken once, and taking it is a ledger entry.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { type Access, municipalSite } from '@ishizue/registry';
import type { OverseasContext } from '../overseas-context.ts';
import { type EntryNotice, entryNoticeBody } from './entry-notice.ts';

export interface PaperNotice {
  /** Municipality of domicile, six digits: where to. */
  readonly domicile: string;
  readonly notice: EntryNotice;
}

const NOTICES_MAX = 1_000;

/** The next notices to be sent by paper, at most `limit` (and 1,000), which are marked as sent. */
export function takePaperNotices(
  context: OverseasContext,
  municipality: string,
  access: Access,
  limit: number,
): Promise<readonly PaperNotice[]> {
  const site = municipalSite(municipality);
  const at = context.clock.now();
  return inTransaction(context.sql, { site }, async (tx) => {
    const rows = await tx<{ domicile: string; notice: unknown }[]>`
      WITH taken AS (
        UPDATE overseas.municipal_paper_notice SET sent_at = ${new Date(at)}
        WHERE municipality_code = ${municipality} AND notice_id = ANY (ARRAY(
          SELECT notice_id FROM overseas.municipal_paper_notice
          WHERE municipality_code = ${municipality} AND sent_at IS NULL
          ORDER BY notice_id LIMIT ${Math.min(limit, NOTICES_MAX)} FOR UPDATE SKIP LOCKED))
        RETURNING notice_id, domicile_code AS domicile, notice
      ) SELECT domicile, notice FROM taken ORDER BY notice_id`;
    const notices = rows.map(({ domicile, notice }) => ({ domicile, notice: entryNoticeBody.parse(notice) }));
    await recordEntries(
      tx,
      notices.map(({ notice }) => ({
        site,
        at,
        ...access,
        subject: context.pseudonyms.of(site, notice.residentCode),
        fields: ['name', 'birth-date', 'sex', 'address', 'resident-code', 'domicile'],
        result: 'sent-by-paper',
      })),
    );
    return notices;
  });
}
