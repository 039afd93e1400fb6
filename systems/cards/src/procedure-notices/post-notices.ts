/**
 * The post of card applications: notices to applicants go out by e-mail where they gave an address, and by letter where they have neither an
 * address nor an account. Taken over in the transaction that marks them, each once (the key of both tables is the notice's).
 * Flow: docs/flows/procedure-notices.md.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { NoticePost, NoticeToPost } from '@ishizue/procedure';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import { POST_ACCESS } from './post-access.ts';

export const postOfApplications =
  (context: CardsContext): NoticePost =>
  async (notices, tx) => {
    const toApplicants = notices.filter(({ recipient }) => recipient.startsWith('applicant:'));
    const mailed = toApplicants.filter(({ form }) => emailIn(form) !== undefined);
    const written = toApplicants.filter(
      ({ form, recipient }) => emailIn(form) === undefined && !hasAccount(recipient),
    );
    const now = context.clock.now();
    await insertMails(tx, mailed, new Date(now));
    await insertLetters(tx, written, dateInTokyo(now));
    const touched = (some: readonly NoticeToPost[], result: string) =>
      some.map(({ subject }) => ({ residentCode: subject, result }));
    await recordCardEntries(
      tx,
      context,
      POST_ACCESS,
      ['procedure-notice'],
      [...touched(mailed, 'to-be-mailed'), ...touched(written, 'to-be-posted')],
    );
    return new Set([...mailed, ...written].map(({ id }) => id));
  };

const hasAccount = (recipient: string): boolean => /^applicant:(?:person|site):/.test(recipient);

function emailIn({ email }: NoticeToPost['form']): string | undefined {
  return typeof email === 'string' ? email : undefined;
}

const applicationIn = ({ record }: NoticeToPost): string => String(record['applicationId']);

async function insertMails(tx: Tx, notices: readonly NoticeToPost[], at: Date): Promise<void> {
  if (notices.length === 0) return;
  await tx`
    INSERT INTO cards.notice_mail (procedure_notice, application_id, resident_code, address, written_at)
    SELECT id, application, code, address, ${at}
    FROM unnest(${notices.map(({ id }) => id)}::bigint[], ${notices.map(applicationIn)}::text[],
      ${notices.map(({ subject }) => subject)}::text[], ${notices.map(({ form }) => emailIn(form) ?? '')}::text[])
      AS given(id, application, code, address)`;
}

async function insertLetters(tx: Tx, notices: readonly NoticeToPost[], on: string): Promise<void> {
  if (notices.length === 0) return;
  await tx`
    INSERT INTO cards.notice_letter (procedure_notice, application_id, resident_code, ja, en, written_on, state, state_on)
    SELECT id, application, code, ja, en, ${on}::date, 'waiting', ${on}::date
    FROM unnest(${notices.map(({ id }) => id)}::bigint[], ${notices.map(applicationIn)}::text[],
      ${notices.map(({ subject }) => subject)}::text[], ${notices.map(({ ja }) => ja)}::text[],
      ${notices.map(({ en }) => en)}::text[]) AS given(id, application, code, ja, en)`;
}
