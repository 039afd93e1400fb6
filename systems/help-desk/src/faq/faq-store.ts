/** Rows of FAQ entries: texts in one or more languages, and the pieces by which they are found, written together. */
import type { Tx } from '@ishizue/db';
import type { CallLanguage, Topic } from '../topics.ts';
import { weightedGrams } from './grams.ts';

export interface FaqText {
  readonly language: CallLanguage;
  readonly question: string;
  readonly answer: string;
  /** Other words for what is asked; they are found, not shown. */
  readonly words: string;
}

export interface FaqEntry {
  readonly faqId: string;
  readonly topic: Topic;
  readonly ticketId: number | null;
  readonly reviewer: string;
  readonly texts: readonly FaqText[];
}

/** Stores entries, or what they have become; an entry that was withdrawn stays so. */
export async function storeFaq(tx: Tx, entries: readonly FaqEntry[], at: Date): Promise<void> {
  const rows = entries.map(({ faqId, topic, ticketId, reviewer }) => ({ faqId, topic, ticketId, reviewer }));
  const texts = entries.flatMap(({ faqId, texts: some }) =>
    some.map(({ language, question, answer }) => ({ faqId, language, question, answer })),
  );
  const grams = entries.flatMap(({ faqId, texts: some }) =>
    some.flatMap(({ language, question, words, answer }) =>
      Array.from(weightedGrams(question, words, answer), ([gram, weight]) => ({
        faqId,
        language,
        gram,
        weight,
      })),
    ),
  );
  const ids = entries.map(({ faqId }) => faqId);
  await tx`
    INSERT INTO help_desk.faq_entry (faq_id, topic, ticket_id, reviewer, published_at)
    SELECT "faqId", topic, "ticketId", reviewer, ${at}::timestamptz
    FROM jsonb_to_recordset(${tx.json(rows)}) AS g("faqId" text, topic text, "ticketId" int, reviewer text)
    ON CONFLICT (faq_id) DO UPDATE SET topic = excluded.topic`;
  await tx`
    INSERT INTO help_desk.faq_text (faq_id, language, question, answer)
    SELECT "faqId", language, question, answer
    FROM jsonb_to_recordset(${tx.json(texts)}) AS g("faqId" text, language text, question text, answer text)
    ON CONFLICT (faq_id, language) DO UPDATE SET question = excluded.question, answer = excluded.answer`;
  await tx`DELETE FROM help_desk.faq_gram WHERE faq_id = ANY(${ids})`;
  await tx`
    INSERT INTO help_desk.faq_gram (language, gram, faq_id, weight)
    SELECT language, gram, "faqId", weight
    FROM jsonb_to_recordset(${tx.json(grams)}) AS g("faqId" text, language text, gram text, weight int)`;
}
