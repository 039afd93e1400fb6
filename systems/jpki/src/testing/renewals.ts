/** Renewals with sound facts, and what became of a card's certificates, for the tests of renewing. */
import type { IssueOrder } from '../issue/issue-order.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { RenewalOrder } from '../renewal/begin-renewal.ts';
import type { RenewalFacts } from '../renewal/renewal-facts.ts';
import { orderFor } from './orders.ts';

export const factsFor = (changes: Partial<RenewalFacts> = {}): RenewalFacts => ({
  desk: { kind: 'municipal-counter', municipality: '132217' },
  documents: ['individual-number-card'],
  checkedBy: 'o-clerk1',
  isByRepresentative: false,
  isAdultWard: false,
  ground: 'own-wish',
  visitId: 'visit-0001',
  ...changes,
});

export const renewalFor = (
  residentCode: string,
  order: Partial<IssueOrder> = {},
  facts: Partial<RenewalFacts> = {},
): RenewalOrder => ({
  order: orderFor(residentCode, { requestId: 'renewal-0001', ...order }),
  facts: factsFor(facts),
});

/** Of a card, in the order of issue: `pending`, `live`, or why it was revoked. */
export async function standingOf(context: JpkiContext, cardId: string): Promise<readonly string[]> {
  const rows = await context.sql<{ standing: string }[]>`
    SELECT coalesce(reason, CASE WHEN signature IS NULL THEN 'pending' ELSE 'live' END) AS standing
    FROM jpki.certificate WHERE card_id = ${cardId} ORDER BY issued_at, serial`;
  return rows.map(({ standing }) => standing);
}
