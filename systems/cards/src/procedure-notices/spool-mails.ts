/**
 * Lays waiting messages into the outbox folder, one file each, named by the message: written again after a kill it is the same file. What takes
 * them to a mail server, and away from the folder, is the operator's.
 */
import { inTransaction } from '@ishizue/db';
import { inOnePiece, type PrintFiles } from '@ishizue/pdf';
import { NATIONAL_SITE } from '@ishizue/registry';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import { type MailFacts, mailMessage } from './mail-message.ts';
import { POST_ACCESS } from './post-access.ts';

const AT_ONCE = 100;

export interface MailDesk {
  readonly cards: CardsContext;
  readonly files: Pick<PrintFiles, 'write'>;
  readonly publicOrigin: string;
}

/** Answers how many were laid out; up to a hundred a call. */
export function spoolMails({ cards, files, publicOrigin }: MailDesk): Promise<number> {
  return inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
    const waiting = await tx<(Omit<MailFacts, 'publicOrigin'> & { readonly residentCode: string })[]>`
      SELECT mail_id AS "mailId", address AS "to", application_id AS "applicationId", written_at AS "writtenAt",
        resident_code AS "residentCode"
      FROM cards.notice_mail WHERE spooled_at IS NULL ORDER BY mail_id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`;
    for (const mail of waiting)
      await files.write(`notice-${mail.mailId}.eml`, inOnePiece(mailMessage({ ...mail, publicOrigin })));
    await tx`
      UPDATE cards.notice_mail SET spooled_at = ${new Date(cards.clock.now())}
      WHERE mail_id = ANY(${waiting.map(({ mailId }) => mailId)})`;
    const touched = waiting.map(({ residentCode }) => ({ residentCode, result: 'spooled' }));
    await recordCardEntries(tx, cards, POST_ACCESS, ['procedure-notice', 'e-mail'], touched);
    return waiting.length;
  });
}
