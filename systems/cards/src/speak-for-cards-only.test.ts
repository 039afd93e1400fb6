/**
 * Cards hear of changes and tell nobody: their role reaches no link of another system, not even at its own site, so that
 * a fault in cards puts no false number or change on the way (platform/link keeps the fence).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { jpkiSchema } from '@ishizue/jpki';
import { sendAll } from '@ishizue/link';
import { cardsCountry } from './testing/index.ts';

const JPKI_LINK = 'national>national:jpki';

test('the role of cards sends on no link of another system', async (t) => {
  const country = await cardsCountry(t, { schemas: [jpkiSchema], links: [JPKI_LINK] });
  const attempt = (link: string, site: string): Promise<void> =>
    inTransaction(country.cards.sql, { site }, (tx) =>
      sendAll(tx, [{ link, subject: 'somebody', topic: 'individual-number-assigned', body: {} }]),
    );
  const planted: readonly (readonly [link: string, site: string])[] = [
    ['national>municipal/132217:registry', 'national'],
    [JPKI_LINK, 'national'],
    ['municipal/132217>prefectural/13:registry', 'municipal/132217'],
    ['municipal/132217>national:registry', 'municipal/132217'],
  ];
  for (const [link, site] of planted)
    await assert.rejects(
      attempt(link, site),
      { code: '42501', message: /^link-sender-not-scope: ishizue_cards/ },
      link,
    );
});
