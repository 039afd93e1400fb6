/**
 * A hand-over is opened at a counter (番号法 art. 17 (1)): the person's record, from what they were sent or by search, and the
 * serial that was scanned from the very card must belong together; the documents must prove who came. The answer is a
 * challenge for the card in the reader: drawn here, for this hand-over, for a few minutes, so that nothing is handed over
 * without the centre. Flow: docs/flows/hand-over.md steps 1 to 3.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { actOnCard, type LockedCard } from '../card/card-act.ts';
import { CARD_ID } from '../card/card-id.ts';
import { findCard } from '../card/card-store.ts';
import type { CardsContext } from '../cards-context.ts';
import { checkReady, type NotReady } from './check-ready.ts';
import {
  checkFacts,
  checkOldCard,
  type FactsFailure,
  factsDigest,
  type HandOverFacts,
} from './hand-over-facts.ts';
import { findHandOverByRequest, findOldStanding, insertHandOver } from './hand-over-store.ts';

/** How long a card may take to sign: the person chooses PINs meanwhile. */
const CHALLENGE_MS = 900_000;

export type OpenFailure =
  | NotReady
  | FactsFailure
  /** The scanned card is not the one of this application. */
  | 'card-of-another-record'
  | 'old-card-missing'
  | 'request-id-reused';

export interface HandOverOrder {
  /** The counter's own: the same is the same hand-over. 1 to 64 characters. */
  readonly requestId: string;
  /** Of the person's record. */
  readonly applicationId: string;
  /** Scanned from the card; never chosen from a list. */
  readonly cardId: string;
  readonly municipality: string;
  readonly facts: HandOverFacts;
}

export interface OpenedHandOver {
  readonly handOverId: string;
  /** 32 octets for the card's authentication key. */
  readonly challenge: Buffer;
  readonly expiresAt: Date;
  /** Why the card has no signature certificate yet: the counter issues it; null where nothing is left out. */
  readonly signatureLeftOut: string | null;
}

export async function openHandOver(
  context: CardsContext,
  access: Access,
  order: HandOverOrder,
): Promise<Result<OpenedHandOver, OpenFailure>> {
  const { cardId } = order;
  if (!CARD_ID.test(cardId)) return fail('card-unknown', 'not a serial');
  const known = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => findCard(tx, cardId));
  if (!known) return fail('card-unknown', 'there is no such card');
  const person = await findPerson(context.registry, access, known.residentCode);
  return actOnCard<OpenedHandOver, OpenFailure>(context, access, cardId, 'hand-over-open', (tx, locked) =>
    open(tx, context, { ...order, locked, person }),
  );
}

interface Opening extends HandOverOrder {
  readonly locked: LockedCard;
  readonly person: IdentifiedPerson | undefined;
}

async function open(
  tx: Tx,
  context: CardsContext,
  { requestId, applicationId, municipality, facts, locked, person }: Opening,
): Promise<Result<OpenedHandOver, OpenFailure>> {
  const { card, application } = locked;
  const { cardId } = card;
  if (application.applicationId !== applicationId)
    return fail('card-of-another-record', 'the scanned card is not of this application');
  const now = context.clock.now();
  const today = dateInTokyo(now);
  const ready = await checkReady(tx, locked, { person, municipality, today });
  if (!ready.ok) return ready;
  const { leftOut } = ready.value;
  const factsSha256 = factsDigest(facts, [applicationId, cardId, municipality]);
  const earlier = await findHandOverByRequest(tx, requestId);
  if (earlier)
    return earlier.factsSha256.equals(factsSha256)
      ? ok({ ...earlier, signatureLeftOut: leftOut })
      : fail('request-id-reused', 'this request id was used for another hand-over');
  if (application.state !== 'set-up' && application.state !== 'notified')
    return fail('card-not-at-counter', `the application is ${application.state}`);
  const proved = checkFacts(facts, { order: ready.value, birthDate: person?.birthDate ?? '', today });
  if (!proved.ok) return proved;
  const standing = await findOldStanding(tx, card.residentCode, cardId);
  const exchanged = checkOldCard({ facts, standing, order: ready.value });
  if (!exchanged.ok) return exchanged;
  const opened = {
    handOverId: randomUUID(),
    requestId,
    cardId,
    applicationId,
    factsSha256,
    receiver: facts.receiver,
    oldCard: facts.oldCard,
    challenge: randomBytes(32),
    expiresAt: new Date(now + CHALLENGE_MS),
    state: 'open',
  } as const;
  await insertHandOver(tx, opened, facts, new Date(now));
  const { handOverId, challenge, expiresAt } = opened;
  return ok({ handOverId, challenge, expiresAt, signatureLeftOut: leftOut });
}
