/**
 * A period of stay that was extended lets the card last longer (domain rules 5.4): before the card has lapsed, and never past
 * the birthday that its age rule gives. Its certificates are not extended; they are renewed (docs/flows/renewal.md).
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, NATIONAL_SITE } from '@ishizue/registry';
import { isIsoDate } from '@ishizue/text';
import type { Application } from '../application/application-store.ts';
import type { CardsContext } from '../cards-context.ts';
import { amendCard } from './amend-card.ts';
import { actOnCard } from './card-act.ts';
import { cardExpiry } from './card-expiry.ts';
import { type Card, findCard } from './card-store.ts';
import { type CardView, viewOf } from './card-view.ts';

export type ExtendStayFailure =
  | 'card-unknown'
  | 'card-state-refused'
  | 'card-expired'
  | 'stay-date-invalid'
  /** The card's last day does not come from a period of stay. */
  | 'stay-not-limiting'
  /** Not later than the card's last day. */
  | 'stay-not-extended'
  | 'person-not-resident'
  | 'birth-date-unknown';

export interface StayExtension {
  readonly cardId: string;
  readonly stayExpiresOn: IsoDate;
}

/** Extends the card; the same again is refused, for it extends nothing. */
export async function extendStay(
  context: CardsContext,
  access: Access,
  { cardId, stayExpiresOn }: StayExtension,
): Promise<Result<CardView, ExtendStayFailure>> {
  if (!isIsoDate(stayExpiresOn)) return fail('stay-date-invalid', 'not a date');
  const known = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => findCard(tx, cardId));
  if (!known) return fail('card-unknown', 'there is no such card');
  const person = await findPerson(context.registry, access, known.residentCode);
  return actOnCard(context, access, cardId, 'extend-stay', async (tx, { card, application }) => {
    if (person?.status !== 'resident')
      return fail('person-not-resident', 'the person is no resident any more');
    const now = context.clock.now();
    const expiresOn = extendedExpiry(card, application, person.birthDate, stayExpiresOn, dateInTokyo(now));
    if (!expiresOn.ok) return expiresOn;
    await amendCard(tx, card, { reason: 'stay-extended', expiresOn: expiresOn.value }, now);
    return ok(viewOf({ ...card, expiresOn: expiresOn.value }));
  });
}

/** The card's new last day. Pure. */
function extendedExpiry(
  card: Pick<Card, 'state' | 'issuedOn' | 'expiresOn'>,
  application: Pick<Application, 'receivedOn' | 'stayExpiresOn' | 'renewsCardOf'>,
  birthDate: string,
  stayExpiresOn: IsoDate,
  today: IsoDate,
): Result<IsoDate, ExtendStayFailure> {
  if (card.state !== 'active') return fail('card-state-refused', `the card is ${card.state}`);
  if (today > card.expiresOn) return fail('card-expired', 'the card has lapsed: it is not extended any more');
  if (application.stayExpiresOn === null)
    return fail('stay-not-limiting', 'the holder has no period of stay');
  const { receivedOn } = application;
  const renewsCardOf = application.renewsCardOf ?? undefined;
  const extended = cardExpiry({
    birthDate,
    receivedOn,
    issuedOn: card.issuedOn,
    stayExpiresOn,
    renewsCardOf,
  });
  if (!extended.ok)
    return extended.failure.code === 'stay-expired'
      ? fail('stay-not-extended', 'a stay that ended before the card was made')
      : fail(extended.failure.code, extended.failure.detail);
  return extended.value > card.expiresOn
    ? extended
    : fail('stay-not-extended', 'the card lasts as long already');
}
