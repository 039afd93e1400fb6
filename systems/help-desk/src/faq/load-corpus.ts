/**
 * The entries that come with the house (data/faq.json), from the rules that its systems keep. Loaded when the file is another
 * than last time; parsed whole before anything is stored.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import { z } from 'zod';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { TOPICS } from '../topics.ts';
import { type FaqEntry, storeFaq } from './faq-store.ts';
import { personIn } from './publish-faq.ts';

const text = z.strictObject({
  question: z.string().min(1).max(300),
  answer: z.string().min(1).max(3_000),
  words: z.string().max(300).default(''),
});
const corpus = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+){0,9}$/),
    topic: z.enum(TOPICS),
    ja: text,
    en: text,
  }),
);

/** The bundled entries. @throws where the file is not what it should be */
function bundledFaq(): { readonly entries: readonly FaqEntry[]; readonly sha256: Buffer } {
  const bytes = readFileSync(new URL('../../data/faq.json', import.meta.url));
  const entries = corpus.parse(JSON.parse(bytes.toString('utf8'))).map(
    ({ id, topic, ja, en }): FaqEntry => ({
      faqId: id,
      topic,
      ticketId: null,
      reviewer: 'bundled',
      texts: [
        { language: 'ja', ...ja },
        { language: 'en', ...en },
      ],
    }),
  );
  for (const { faqId, texts } of entries)
    for (const { question, answer, words } of texts) {
      const code = personIn(`${question}\n${answer}\n${words}`);
      if (code) throw new Error(`the bundled entry ${faqId}: ${code}`);
    }
  // the way in which texts are cut into pieces belongs to it: another way, another load
  return { entries, sha256: createHash('sha256').update('grams v1\n').update(bytes).digest() };
}

/** Loads the bundled entries unless they are there. */
export async function loadBundledFaq(context: Pick<HelpDeskContext, 'sql' | 'clock'>): Promise<void> {
  const { entries, sha256 } = bundledFaq();
  await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('bundled faq', 0))`;
    const [loaded] = await tx`SELECT 1 FROM help_desk.faq_corpus WHERE sha256 = ${sha256}`;
    if (loaded) return;
    await storeFaq(tx, entries, new Date(context.clock.now()));
    await tx`
      INSERT INTO help_desk.faq_corpus (sha256) VALUES (${sha256})
      ON CONFLICT (is_last) DO UPDATE SET sha256 = excluded.sha256`;
  });
}
