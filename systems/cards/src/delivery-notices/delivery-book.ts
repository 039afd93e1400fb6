/**
 * Notices that cards wait (交付通知書) as a kind of letter: to those whose cards are set up at their municipality and who were not told.
 * Posted, their applications are notified. Flow: docs/flows/card-making.md step 9.
 */
import type { Tx } from '@ishizue/db';
import { lockApplications, storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import type { LetterBook, ReturnsBook } from '../letters/letter-book.ts';
import type { LetterDesk } from '../letters/letter-desk.ts';
import { deliveryPaper, type WaitingCard } from './delivery-paper.ts';
import { keptUntil } from './keep-rule.ts';

export interface DeliveryDesk extends LetterDesk {
  /** How many days a municipality keeps cards, where it has decided; undefined for the rule's. */
  readonly keepDaysOf?: (municipality: string) => number | undefined;
}

/** What comes back is taken by `takeReturns` with this book. */
export const DELIVERY_RETURNS: ReturnsBook = {
  letter: 'K',
  table: 'cards.delivery_notice',
  field: 'delivery-notice',
};

export const deliveryBook = ({ keepDaysOf }: Pick<DeliveryDesk, 'keepDaysOf'>): LetterBook<WaitingCard> => ({
  ...DELIVERY_RETURNS,
  paper: deliveryPaper,
  enter: async (tx, { runId, municipality }, on, letters_max) => {
    const rows = await tx<{ residentCode: string }[]>`
      INSERT INTO cards.delivery_notice (run_id, card_id, resident_code, municipality, keep_until, state, state_on)
      SELECT ${runId}, due.card_id, due.resident_code, ${municipality}, ${keptUntil(on, keepDaysOf?.(municipality))},
        'claimed', ${on}
      FROM (SELECT c.card_id, c.resident_code FROM cards.making_order o JOIN cards.application a USING (application_id)
          JOIN cards.card c ON c.application_id = a.application_id AND c.state = 'made'
        WHERE o.municipality = ${municipality} AND o.delivery = 'counter' AND a.state = 'set-up'
          AND NOT EXISTS (SELECT FROM cards.delivery_notice n WHERE n.card_id = c.card_id AND n.state <> 'left')
        ORDER BY o.due_on, o.application_id LIMIT ${letters_max} FOR UPDATE OF a SKIP LOCKED) AS due
      RETURNING resident_code AS "residentCode"`;
    return rows.map(({ residentCode }) => residentCode);
  },
  claimed: async (tx, runId) => tx<WaitingCard[]>`
    SELECT n.notice_id AS "noticeId", n.resident_code AS "residentCode", c.application_id AS "applicationId",
      n.keep_until AS "keepUntil", o.left_out IS NOT NULL AS "isSignatureLeftOut", n.state_on AS "stateOn"
    FROM cards.delivery_notice n JOIN cards.card c USING (card_id) JOIN cards.making_order o USING (application_id)
    WHERE n.run_id = ${runId} AND n.state = 'claimed' ORDER BY n.notice_id`,
  posting: notifyApplications,
});

/** One that ended meanwhile, or whose card was fetched before its letter came, stays as it is. */
async function notifyApplications(tx: Tx, runId: string, at: number): Promise<void> {
  const rows = await tx<{ applicationId: string }[]>`
    SELECT c.application_id AS "applicationId" FROM cards.delivery_notice n JOIN cards.card c USING (card_id)
    WHERE n.run_id = ${runId} AND n.state = 'made'`;
  const applications = await lockApplications(
    tx,
    rows.map(({ applicationId }) => applicationId),
  );
  const changes = applications.flatMap((application) => {
    const change = decideApplicationChange(application, 'notify');
    return change.ok ? [change.value] : [];
  });
  await storeApplicationChanges(tx, changes, new Date(at));
}
