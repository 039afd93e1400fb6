/**
 * An FAQ entry out of a resolved ticket, by a reviewer who did not answer it: texts without anything of a person, in Japanese
 * and English at least. The entry and the ticket's last state come in one transaction.
 */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { holdsLongNumber } from '../mask-numbers.ts';
import { stepTicket, type TicketFailure } from '../tickets/tickets.ts';
import { type FaqText, storeFaq } from './faq-store.ts';

export interface FaqDraft {
  readonly faqId: string;
  readonly ticketId: number;
  /** The ticket's step that the reviewer has seen. */
  readonly sequence: number;
  readonly texts: readonly FaqText[];
}

export type PublishFailure =
  | TicketFailure
  | 'text-holds-a-person'
  | 'language-missing'
  | 'language-repeated'
  | 'faq-id-taken'
  /** Who answered a ticket does not review it. */
  | 'reviewer-answered-it';

const ADDRESS = /[^\s@<>]+@[^\s@<>]+\.[a-z]{2,}/i;
/** Who is spoken of by name: 髙橋様, 高橋 花子さん. */
const NAMED = /[\p{Script=Han}々]{2,6}[ 　]?(?:様|さん|氏)(?![\p{Script=Han}])/u;
/** Words for whoever it may be. */
const ANYBODY =
  /(?:皆|お客|利用者|申請者|本人|名義人|代理人|世帯主|住民|家族|担当者|御親族|親族|持ち主)[ 　]?(?:様|さん|氏)/gu;

/** What in a text may be somebody's, if anything. */
export function personIn(text: string): 'text-holds-a-number' | 'text-holds-a-person' | undefined {
  if (holdsLongNumber(text)) return 'text-holds-a-number';
  return ADDRESS.test(text) || NAMED.test(text.replace(ANYBODY, '')) ? 'text-holds-a-person' : undefined;
}

export async function publishFaq(
  context: HelpDeskContext,
  reviewer: string,
  draft: FaqDraft,
): Promise<Result<{ readonly faqId: string }, PublishFailure>> {
  const languages = draft.texts.map(({ language }) => language);
  if (!languages.includes('ja') || !languages.includes('en'))
    return fail('language-missing', 'Japanese and English at least');
  if (new Set(languages).size < languages.length) return fail('language-repeated', 'each language once');
  for (const { question, answer, words } of draft.texts) {
    const code = personIn(`${question}\n${answer}\n${words}`);
    if (code) return fail(code, 'an entry is about nobody');
  }
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`faq ${draft.faqId}`}, 0))`;
    const [taken] = await tx<{ ticketId: number | null }[]>`
      SELECT ticket_id AS "ticketId" FROM help_desk.faq_entry WHERE faq_id = ${draft.faqId}`;
    if (taken)
      return taken.ticketId === draft.ticketId
        ? ok(idOf(draft))
        : fail('faq-id-taken', 'there is such an entry');
    const [answered] = await tx`
      SELECT 1 FROM help_desk.ticket_change
      WHERE ticket_id = ${draft.ticketId} AND event IN ('answer', 'resolve') AND operator = ${reviewer}`;
    if (answered) return fail('reviewer-answered-it', 'somebody else reviews it');
    const stepped = await stepTicket(tx, context, reviewer, { ...draft, event: 'publish' });
    if (!stepped.ok) return stepped;
    const topic = stepped.value.topic ?? 'other';
    const { faqId, ticketId, texts } = draft;
    await storeFaq(tx, [{ faqId, topic, ticketId, reviewer, texts }], new Date(context.clock.now()));
    return ok(idOf(draft));
  });
}

const idOf = ({ faqId }: FaqDraft) => ({ faqId });

/** Takes an entry out of search; its text stays. Again, nothing changes. */
export function withdrawFaq(
  context: HelpDeskContext,
  faqId: string,
): Promise<Result<{ readonly faqId: string }, 'faq-unknown'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const withdrawn = await tx`
      UPDATE help_desk.faq_entry SET withdrawn_at = coalesce(withdrawn_at, ${new Date(context.clock.now())})
      WHERE faq_id = ${faqId} RETURNING faq_id`;
    return withdrawn.count > 0 ? ok({ faqId }) : fail('faq-unknown', 'there is no such entry');
  });
}
