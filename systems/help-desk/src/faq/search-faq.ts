/**
 * Search in the FAQ: entries that share pieces with the question, those first that share what few others have. An entry that
 * shares next to nothing is no answer: better none than a wrong one. Bounded in question, pieces and answers.
 */
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import type { CallLanguage } from '../topics.ts';
import { gramsAsked } from './grams.ts';

export interface FoundFaq {
  readonly faqId: string;
  readonly question: string;
  readonly answer: string;
}

const GRAMS_MAX = 150;
const FOUND_MAX = 5;
/** Of the weight of what was asked, so much must be in an entry. */
const SHARE_MIN = 0.22;
/** Behind the best one by more than this, an entry is beside the question. */
const BEHIND_MAX = 0.35;

/** @param limit 1 to 5 */
export async function searchFaq(
  context: Pick<HelpDeskContext, 'sql'>,
  language: CallLanguage,
  question: string,
  limit = FOUND_MAX,
): Promise<readonly FoundFaq[]> {
  const grams = gramsAsked(question).slice(0, GRAMS_MAX);
  if (grams.length === 0) return [];
  const found = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<(FoundFaq & { readonly score: number; readonly share: number })[]>`
    WITH live AS (
      SELECT t.faq_id, t.question, t.answer FROM help_desk.faq_text t JOIN help_desk.faq_entry e USING (faq_id)
      WHERE t.language = ${language} AND e.withdrawn_at IS NULL
    ), asked AS (
      SELECT a.gram, count(l.faq_id) AS entries
      FROM unnest(${grams}::text[]) AS a(gram)
      LEFT JOIN help_desk.faq_gram g ON g.language = ${language} AND g.gram = a.gram
      LEFT JOIN live l ON l.faq_id = g.faq_id
      GROUP BY a.gram
    ), weighed AS (
      SELECT gram, ln(1 + (SELECT count(*) FROM live) / (0.5 + entries)::float8)
        -- endings of verbs and the like are kana alone
        * CASE WHEN gram ~ '^[ァ-ヶー]+$' THEN 0.5 ELSE 1 END AS rarity
      FROM asked
    )
    SELECT l.faq_id AS "faqId", l.question, l.answer, sum(w.rarity * sqrt(g.weight)) AS score,
      sum(w.rarity) / (SELECT sum(rarity) FROM weighed) AS share
    FROM weighed w JOIN help_desk.faq_gram g ON g.language = ${language} AND g.gram = w.gram
    JOIN live l ON l.faq_id = g.faq_id
    GROUP BY l.faq_id, l.question, l.answer
    ORDER BY score DESC, l.faq_id LIMIT ${Math.min(limit, FOUND_MAX)}`,
  );
  const best = found[0]?.score ?? 0;
  return found
    .filter(({ score, share }) => share >= SHARE_MIN && score >= best * BEHIND_MAX)
    .map(({ faqId, question: asked, answer }) => ({ faqId, question: asked, answer }));
}

/** An entry in a language, unless it was withdrawn. */
export async function findFaq(
  context: Pick<HelpDeskContext, 'sql'>,
  language: CallLanguage,
  faqId: string,
): Promise<FoundFaq | undefined> {
  const [row] = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<FoundFaq[]>`
    SELECT t.faq_id AS "faqId", t.question, t.answer FROM help_desk.faq_text t JOIN help_desk.faq_entry e USING (faq_id)
    WHERE t.faq_id = ${faqId} AND t.language = ${language} AND e.withdrawn_at IS NULL`,
  );
  return row && { ...row };
}

/** The questions of entries by their ids; those that were withdrawn are left out. */
export async function findFaqTitles(
  context: Pick<HelpDeskContext, 'sql'>,
  language: CallLanguage,
  faqIds: readonly string[],
): Promise<ReadonlyMap<string, Pick<FoundFaq, 'faqId' | 'question'>>> {
  if (faqIds.length === 0) return new Map();
  const rows = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<Pick<FoundFaq, 'faqId' | 'question'>[]>`
    SELECT t.faq_id AS "faqId", t.question FROM help_desk.faq_text t JOIN help_desk.faq_entry e USING (faq_id)
    WHERE t.faq_id = ANY(${[...faqIds]}) AND t.language = ${language} AND e.withdrawn_at IS NULL`,
  );
  return new Map(rows.map((row) => [row.faqId, { ...row }]));
}
