/**
 * The first step of making a card: the person's data are compared with those of the application (domain: data changed between
 * screening and personalisation), and the card gets its id, its date of issue and its last day. Done again, it
 * finds the card that has begun, unless another factory has it: what lies half made there is void, and another card is begun.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import type { CardKind } from '@ishizue/jpki';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import type { Substitutes } from '@ishizue/text';
import { isCardUnderway } from '../application/application-lifecycle.ts';
import {
  type Application,
  findApplication,
  getApplicationForUpdate,
  storeApplicationChanges,
} from '../application/application-store.ts';
import { findCertificateWish } from '../application/application-wish.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { cardExpiry, carriesSignature, type ExpiryFailure } from '../card/card-expiry.ts';
import { newCardId } from '../card/card-id.ts';
import { type Card, insertCard, lockValidCardOfApplication, storeCardChanges } from '../card/card-store.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import { identityDigest } from '../identity-digest.ts';
import { findOrder, storeBegun } from './order-store.ts';

type RefusalReason = ExpiryFailure | 'person-not-resident' | 'data-changed';
export type BeginFailure =
  | RefusalReason
  | 'application-unknown'
  | 'application-refused'
  | 'card-already-void'
  /** Another factory has the order. */
  | 'making-elsewhere';

/** The card of an application, what certificates it is to carry, and whose it is, where it is still to be made. */
export interface BegunCard {
  readonly card: Card;
  readonly kinds: readonly CardKind[];
  readonly person: IdentifiedPerson | undefined;
  /** For characters that the signature certificate cannot hold. */
  readonly substitutes: Substitutes;
  /** The card that the person had in hand before: its certificates may be renewed by those of this one. */
  readonly previousCard: string | null;
}

export async function beginMaking(
  context: CardsContext,
  access: Access,
  applicationId: string,
  factory: string,
): Promise<Result<BegunCard, BeginFailure>> {
  const scope = { site: NATIONAL_SITE };
  const known = await inTransaction(context.sql, scope, (tx) => findApplication(tx, applicationId));
  if (!known) return fail('application-unknown', 'there is no such application');
  const person = await findPerson(context.registry, access, known.residentCode);
  return inTransaction(context.sql, scope, async (tx) => {
    const application = await getApplicationForUpdate(tx, applicationId);
    const begun = await begin(tx, context, { application, person, factory });
    await recordCardEntry(tx, context, access, {
      residentCode: known.residentCode,
      fields: ['card-application', 'card'],
      result: begun.ok ? 'ok' : begun.failure.code,
    });
    return begun;
  });
}

interface Beginning {
  readonly application: Application;
  readonly person: IdentifiedPerson | undefined;
  readonly factory: string;
}

async function begin(
  tx: Tx,
  context: CardsContext,
  { application, person, factory }: Beginning,
): Promise<Result<BegunCard, BeginFailure>> {
  const { applicationId, state } = application;
  if (state === 'refused' || state === 'undelivered')
    return fail('application-refused', 'the application has ended');
  const card = await lockValidCardOfApplication(tx, applicationId);
  if (state === 'handed-over' || isCardUnderway(state))
    return card
      ? ok({ card, kinds: [], person: undefined, substitutes: {}, previousCard: null })
      : fail('card-already-void', 'the card of this application is void');
  const now = context.clock.now();
  const order = await findOrder(tx, applicationId);
  if (!order) throw new Error('an accepted application without its order');
  const isLeased = order.leasedUntil !== null && order.leasedUntil.getTime() > now;
  if (isLeased && order.factory !== factory)
    return fail('making-elsewhere', 'another factory has this order');
  const isOurs = order.begunBy === null || order.begunBy === factory;
  const issuedOn = isOurs && card ? card.issuedOn : dateInTokyo(now);
  const checked = check(application, person, issuedOn);
  if (!checked.ok) {
    await refuse(tx, application, card, checked.failure.code, now);
    return checked;
  }
  const { birthDate, expiresOn, municipality } = checked.value;
  await storeBegun(tx, applicationId, { factory, municipality }, now);
  const { wantsSignature, substitutes } = await findCertificateWish(tx, applicationId);
  const hasSignature = wantsSignature && carriesSignature(birthDate, issuedOn);
  const kinds: readonly CardKind[] = hasSignature ? ['authentication', 'signature'] : ['authentication'];
  const { previousCard } = application;
  const carries = { kinds, person, substitutes, previousCard };
  if (card && isOurs) return ok({ card, ...carries });
  const waiting = card ? await leaveBehind(tx, application, card, now) : application;
  return ok({ card: await enter(tx, waiting, { issuedOn, expiresOn }, now), ...carries });
}

/** What another factory has begun is void: should it still come out there, it does not leave. */
async function leaveBehind(tx: Tx, application: Application, card: Card, now: number): Promise<Application> {
  const voided = mustSucceed(decideCardChange(card, voidStep('defective'), now), 'a card that has begun');
  const waiting = mustSucceed(
    decideApplicationChange(application, 'set-aside', 'lease-over'),
    'its application',
  );
  await storeCardChanges(tx, [voided], new Date(now));
  await storeApplicationChanges(tx, [waiting], new Date(now));
  return { ...application, state: waiting.state, sequence: waiting.sequence };
}

async function enter(
  tx: Tx,
  application: Application,
  days: Pick<Card, 'issuedOn' | 'expiresOn'>,
  now: number,
): Promise<Card> {
  const { applicationId, residentCode } = application;
  const made: Card = {
    cardId: newCardId(),
    applicationId,
    residentCode,
    state: 'begun',
    sequence: 1,
    ...days,
    revocationDue: null,
  };
  await insertCard(tx, made, new Date(now));
  const change = mustSucceed(decideApplicationChange(application, 'begin-making'), 'an accepted application');
  await storeApplicationChanges(tx, [change], new Date(now));
  return made;
}

function check(
  application: Application,
  person: IdentifiedPerson | undefined,
  issuedOn: string,
): Result<
  Pick<IdentifiedPerson, 'birthDate' | 'municipality'> & { readonly expiresOn: string },
  RefusalReason
> {
  if (person?.status !== 'resident') return fail('person-not-resident', 'the person is no resident any more');
  if (!identityDigest(application.applicationId, person).equals(application.identityDigest))
    return fail('data-changed', 'the identity data changed after the application');
  const { receivedOn, stayExpiresOn, renewsCardOf } = application;
  const { birthDate, municipality } = person;
  const expiry = cardExpiry({
    birthDate,
    receivedOn,
    issuedOn,
    stayExpiresOn,
    renewsCardOf: renewsCardOf ?? undefined,
  });
  return expiry.ok ? ok({ birthDate, municipality, expiresOn: expiry.value }) : expiry;
}

/** The application ends, and with it a card that has begun. */
async function refuse(
  tx: Tx,
  application: Application,
  card: Card | undefined,
  reason: RefusalReason,
  now: number,
): Promise<void> {
  const at = new Date(now);
  const change = mustSucceed(decideApplicationChange(application, 'refuse', reason), 'an open application');
  await storeApplicationChanges(tx, [change], at);
  if (!card) return;
  const voided = mustSucceed(decideCardChange(card, voidStep('data-changed'), now), 'a card that has begun');
  await storeCardChanges(tx, [voided], at);
}
