/**
 * Set-up before hand-over (交付前設定) at the municipality: the card that arrived is compared with the person of today once more, and
 * from then on may be handed over there. Flow: docs/flows/card-making.md step 8.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, NATIONAL_SITE } from '@ishizue/registry';
import { storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { actOnCard } from '../card/card-act.ts';
import { findCard } from '../card/card-store.ts';
import { type CardView, viewOf } from '../card/card-view.ts';
import type { CardsContext } from '../cards-context.ts';
import { checkReady, type NotReady } from '../hand-over/check-ready.ts';

/** Asked again, the answer is the card as it stands. */
export async function setUpCard(
  context: CardsContext,
  access: Access,
  { cardId, municipality }: { readonly cardId: string; readonly municipality: string },
): Promise<Result<CardView, NotReady>> {
  const known = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => findCard(tx, cardId));
  if (!known) return fail('card-unknown', 'there is no such card');
  const person = await findPerson(context.registry, access, known.residentCode);
  return actOnCard<CardView, NotReady>(context, access, cardId, 'set-up', async (tx, locked) => {
    const { card, application } = locked;
    const now = context.clock.now();
    const ready = await checkReady(tx, locked, { person, municipality, today: dateInTokyo(now) });
    if (!ready.ok) return ready;
    if (application.state === 'set-up' || application.state === 'notified') return ok(viewOf(card));
    const change = decideApplicationChange(application, 'set-up');
    if (!change.ok) return fail('card-not-at-counter', `the application is ${application.state}`);
    await storeApplicationChanges(tx, [change.value], new Date(now));
    return ok(viewOf(card));
  });
}
