/**
 * The first step of making a card: the person's data are compared with those of the application (domain: data changed between
 * screening and personalisation), and the card gets its id, its date of issue and its last day. Done again, it
 * finds the card that has begun.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import type { CardKind } from '@ishizue/jpki';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import {
  type Application,
  findApplication,
  getApplicationForUpdate,
  storeApplicationChanges,
} from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { cardExpiry, carriesSignature, type ExpiryFailure } from '../card/card-expiry.ts';
import { newCardId } from '../card/card-id.ts';
import { type Card, insertCard, lockValidCardOfApplication, storeCardChanges } from '../card/card-store.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import { identityDigest } from '../identity-digest.ts';

type RefusalReason = ExpiryFailure | 'person-not-resident' | 'data-changed';
export type BeginFailure =
  | RefusalReason
  | 'application-unknown'
  | 'application-refused'
  | 'card-already-void';

/** The card of an application, what certificates it is to carry, and whose it is, where it is still to be made. */
export interface BegunCard {
  readonly card: Card;
  readonly kinds: readonly CardKind[];
  readonly person: IdentifiedPerson | undefined;
}

export async function beginMaking(
  context: CardsContext,
  access: Access,
  applicationId: string,
): Promise<Result<BegunCard, BeginFailure>> {
  const scope = { site: NATIONAL_SITE };
  const known = await inTransaction(context.sql, scope, (tx) => findApplication(tx, applicationId));
  if (!known) return fail('application-unknown', 'there is no such application');
  const person = await findPerson(context.registry, access, known.residentCode);
  return inTransaction(context.sql, scope, async (tx) => {
    const begun = await begin(tx, context, await getApplicationForUpdate(tx, applicationId), person);
    await recordCardEntry(tx, context, access, {
      residentCode: known.residentCode,
      fields: ['card-application', 'card'],
      result: begun.ok ? 'ok' : begun.failure.code,
    });
    return begun;
  });
}

async function begin(
  tx: Tx,
  context: CardsContext,
  application: Application,
  person: IdentifiedPerson | undefined,
): Promise<Result<BegunCard, BeginFailure>> {
  const { applicationId, state } = application;
  if (state === 'refused') return fail('application-refused', 'the application was refused');
  const card = await lockValidCardOfApplication(tx, applicationId);
  if (state === 'made' || state === 'handed-over')
    return card
      ? ok({ card, kinds: [], person: undefined })
      : fail('card-already-void', 'the card of this application is void');
  const now = context.clock.now();
  const issuedOn = card?.issuedOn ?? dateInTokyo(now);
  const checked = check(application, person, issuedOn);
  if (!checked.ok) {
    await refuse(tx, application, card, checked.failure.code, now);
    return checked;
  }
  const kinds: readonly CardKind[] = carriesSignature(checked.value.birthDate, issuedOn)
    ? ['authentication', 'signature']
    : ['authentication'];
  if (card) return ok({ card, kinds, person });
  const made: Card = {
    cardId: newCardId(),
    applicationId,
    residentCode: application.residentCode,
    state: 'begun',
    sequence: 1,
    issuedOn,
    expiresOn: checked.value.expiresOn,
    revocationDue: null,
  };
  await insertCard(tx, made, new Date(now));
  const change = mustSucceed(decideApplicationChange(application, 'begin-making'), 'an accepted application');
  await storeApplicationChanges(tx, [change], new Date(now));
  return ok({ card: made, kinds, person });
}

function check(
  application: Application,
  person: IdentifiedPerson | undefined,
  issuedOn: string,
): Result<{ readonly birthDate: string; readonly expiresOn: string }, RefusalReason> {
  if (person?.status !== 'resident') return fail('person-not-resident', 'the person is no resident any more');
  if (!identityDigest(application.applicationId, person).equals(application.identityDigest))
    return fail('data-changed', 'the identity data changed after the application');
  const { receivedOn, stayExpiresOn } = application;
  const expiry = cardExpiry({ birthDate: person.birthDate, receivedOn, issuedOn, stayExpiresOn });
  return expiry.ok ? ok({ birthDate: person.birthDate, expiresOn: expiry.value }) : expiry;
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
