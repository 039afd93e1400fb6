/**
 * Who has to bring a card to a municipality's counter until when: changes that the face does not say yet (14 days; later it is
 * late), and cards of who has moved in (90 days; then the card is void). By the last day, a page at a time; everybody shown
 * is on the ledger. Flow: docs/flows/card-life.md step 5.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import type { ReportedChange } from './face-reports.ts';

/** What somebody has to do with a card. */
export interface DueAtCounter {
  readonly cardId: string;
  readonly residentCode: string;
  readonly what: ReportedChange | 'continuing-use';
  readonly changedOn: IsoDate;
  /** When the notice of it was taken; where nobody said so, when the national site heard. */
  readonly noticedOn: IsoDate;
  /** The last day. */
  readonly dueOn: IsoDate;
  readonly isLate: boolean;
  /** What it is after the last day: still to be told, and late; or the card is void. */
  readonly afterwards: 'late' | 'void';
}

export interface DueFilter {
  /** Only what is due by this day. */
  readonly until?: IsoDate | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  /** 1 to 500; 100 where absent. */
  readonly limit?: number | undefined;
}

export interface DuePage {
  readonly due: readonly DueAtCounter[];
  /** For `after`, where there is more. */
  readonly next: string | undefined;
}

const PAGE = 100;
const PAGE_MAX = 500;
const CURSOR = /^(\d{4}-\d{2}-\d{2})~([0-9A-Z]{16})~([a-z-]{4,20})$/;

/** A page of what is due at a municipality's counter. */
export async function listDueAtCounter(
  context: CardsContext,
  access: Access,
  municipality: string,
  { until, after, limit = PAGE }: DueFilter = {},
): Promise<Result<DuePage, 'cursor-malformed'>> {
  const cursor = after === undefined ? ['', '0001-01-01', '', ''] : CURSOR.exec(after);
  if (!cursor) return fail('cursor-malformed', 'not where a page ended');
  const [, day = '', cardId = '', what = ''] = cursor;
  const rows_max = Math.min(Math.max(limit, 1), PAGE_MAX);
  const today = dateInTokyo(context.clock.now());
  const last = until ?? '9999-12-31';
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const found = await tx<DueAtCounter[]>`
      SELECT card_id AS "cardId", c.resident_code AS "residentCode", what, changed_on AS "changedOn",
        noticed_on AS "noticedOn", due_on AS "dueOn", due_on < ${today}::date AS "isLate",
        CASE what WHEN 'continuing-use' THEN 'void' ELSE 'late' END AS afterwards
      FROM (
        (SELECT card_id, what, changed_on, noticed_on, due_on FROM cards.face_report
        WHERE municipality = ${municipality} AND ended_on IS NULL AND due_on <= ${last}::date
          AND (due_on, card_id, what) > (${day}::date, ${cardId}::text, ${what}::text)
        ORDER BY due_on, card_id, what LIMIT ${rows_max + 1})
        UNION ALL
        (SELECT card_id, 'continuing-use', moved_on, noticed_on, last_day FROM cards.residence_case
        WHERE municipality = ${municipality} AND state = 'arrived' AND last_day IS NOT NULL AND last_day <= ${last}::date
          AND (last_day, card_id, 'continuing-use'::text) > (${day}::date, ${cardId}::text, ${what}::text)
        ORDER BY last_day, card_id LIMIT ${rows_max + 1})
      ) due JOIN cards.card c USING (card_id)
      ORDER BY due_on, card_id, what LIMIT ${rows_max + 1}`;
    const due = found.slice(0, rows_max);
    await recordCardEntries(
      tx,
      context,
      access,
      ['card', 'due-at-counter'],
      due.map(({ residentCode }) => ({ residentCode, result: 'ok' })),
    );
    const end = due.at(-1);
    const next = found.length > rows_max && end ? `${end.dueOn}~${end.cardId}~${end.what}` : undefined;
    return ok({ due, next });
  });
}
