/**
 * The act: the card in the reader signed this hand-over's challenge with its authentication key (so its holder has set the PIN,
 * which never came here), the clerk compared the face from the chip, which the factory put there, and person, application, card and certificate are one.
 * All of it is looked at again under the locks of application and card; then card, application, hand-over and ledger
 * change in one transaction, and with them the card before, which is superseded. Flow: docs/flows/hand-over.md steps 5 and 6.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import type { SignInAccess } from '@ishizue/jpki';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import { type Access, findPerson, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { storeApplicationChanges } from '../application/application-store.ts';
import { decideApplicationChange } from '../application/change-application.ts';
import { actOnCard, type LockedCard } from '../card/card-act.ts';
import { type Card, lockUsableCards, storeCardChanges } from '../card/card-store.ts';
import { type CardView, viewOf } from '../card/card-view.ts';
import { decideCardChange } from '../card/change-card.ts';
import { voidLocked } from '../card/end-cards.ts';
import { revokeDueOfCard } from '../card/revoke-due-certificates.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext, ProvedCard } from '../cards-context.ts';
import { findCardPhoto } from '../photo/card-photo.ts';
import { checkReady, type NotReady } from './check-ready.ts';
import { checkOldCard } from './hand-over-facts.ts';
import {
  type FaceCompared,
  findHandOver,
  type HandOver,
  storeCompleted,
  storeRefused,
} from './hand-over-store.ts';

export type CompleteFailure =
  | NotReady
  | 'hand-over-unknown'
  /** Refused, or replaced by another counter's. */
  | 'hand-over-over'
  | 'challenge-expired'
  /** The card did not prove that it is there: what the authority says is in the detail. */
  | 'card-not-proved'
  | 'card-of-another-record'
  | 'old-card-missing'
  | 'face-not-compared'
  /** What was read as the photo of the chip is not the one that the factory put there. */
  | 'photo-of-another-card'
  | 'photo-does-not-resemble';

export interface CounterProof extends FaceCompared {
  readonly handOverId: string;
  readonly municipality: string;
  /** The authentication certificate in DER, from the card in the reader. */
  readonly certificate: Uint8Array;
  /** Over the challenge of this hand-over. */
  readonly signature: Uint8Array;
  /** Whether the face from the chip is the face before the counter, as the clerk sees it. */
  readonly resembles: boolean;
}

/** Hands the card over; asked again, it answers that the card is active. */
export async function completeHandOver(
  context: CardsContext,
  access: Access,
  proof: CounterProof,
): Promise<Result<CardView, CompleteFailure>> {
  const opened = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    findHandOver(tx, proof.handOverId),
  );
  if (!opened) return fail('hand-over-unknown', 'there is no such hand-over');
  const { challenge, cardId } = opened;
  const { certificate, signature } = proof;
  const proved = await context.certification.proveCard(asSignIn(access), {
    certificate,
    challenge,
    signature,
  });
  let superseded: string | undefined;
  const handed = await actOnCard<CardView, CompleteFailure>(
    context,
    access,
    cardId,
    'hand-over',
    async (tx, locked) => {
      // looked at under the locks, so that nothing but the commit is between the register and the act
      const person = await findPerson(context.registry, access, locked.card.residentCode);
      const old = await lockOldCard(tx, locked.card);
      const done = await complete(tx, context, { proof, proved, person, locked, old });
      if (!done.ok || !old) return done;
      const { cardId: oldId, residentCode } = old.card;
      await recordCardEntry(tx, context, access, { residentCode, fields: ['card', 'void'], result: 'ok' });
      superseded = oldId;
      return done;
    },
  );
  if (handed.ok && superseded) await revokeDueOfCard(context, access, superseded);
  return handed;
}
const asSignIn = ({ terminal, article, affair, correlation }: Access): SignInAccess => ({
  terminal,
  article,
  affair,
  correlation,
});

interface Completing {
  readonly proof: CounterProof;
  readonly proved: Result<ProvedCard>;
  readonly person: IdentifiedPerson | undefined;
  readonly locked: LockedCard;
  /** The card that the person has, locked: it ends with the act. */
  readonly old: OldCardInHand | undefined;
}

interface OldCardInHand {
  readonly card: Card;
  readonly state: 'active' | 'suspended';
}

async function complete(
  tx: Tx,
  context: CardsContext,
  { proof, proved, person, locked, old }: Completing,
): Promise<Result<CardView, CompleteFailure>> {
  const { card, application } = locked;
  const now = context.clock.now();
  const handOver = await findHandOver(tx, proof.handOverId);
  if (!handOver) throw new Error('a hand-over is gone');
  if (handOver.state === 'completed' && card.state === 'active') return ok(viewOf(card));
  if (handOver.state !== 'open') return fail('hand-over-over', `the hand-over is ${handOver.state}`);
  if (now >= handOver.expiresAt.getTime()) return fail('challenge-expired', 'scan the card again');
  const { municipality } = proof;
  const ready = await checkReady(tx, locked, { person, municipality, today: dateInTokyo(now) });
  if (!ready.ok) return ready;
  const one = isOneRecord(handOver, locked, proved);
  if (!one.ok) return one;
  const exchanged = checkOldCard({ facts: handOver, standing: old?.state ?? 'none', order: ready.value });
  if (!exchanged.ok) return exchanged;
  const seen = checkFace(handOver, proof, await findCardPhoto(tx, card.cardId));
  if (!seen.ok) {
    if (seen.failure.code === 'photo-does-not-resemble')
      await storeRefused(tx, handOver.handOverId, seen.failure.code, new Date(now));
    return seen;
  }
  const handed = decideApplicationChange(application, 'hand-over');
  if (!handed.ok) return fail('card-not-at-counter', `the application is ${application.state}`);
  await storeCompleted(tx, handOver.handOverId, proof, new Date(now));
  await storeApplicationChanges(tx, [handed.value], new Date(now));
  // in one transaction, the old card's end before the new one's beginning: one in hand at every instant
  if (old) await voidLocked(tx, [{ card: old.card, reason: 'superseded' }], now);
  const step = { event: 'hand-over', reason: null, revocation: null } as const;
  const change = mustSucceed(decideCardChange(card, step, now), 'a card that is made');
  await storeCardChanges(tx, [change], new Date(now));
  return ok(viewOf({ ...card, state: change.state }));
}

/** The card that the person has and that ends with the act; who ends it otherwise waits for the act, or comes before. */
async function lockOldCard(tx: Tx, { cardId, residentCode }: Card): Promise<OldCardInHand | undefined> {
  const card = (await lockUsableCards(tx, [residentCode])).find((each) => each.cardId !== cardId);
  return card && { card, state: card.state === 'active' ? 'active' : 'suspended' };
}

/** The hand-over, the application, the card and the chip's certificate are of one card and one person. */
function isOneRecord(
  handOver: HandOver,
  { card, application }: LockedCard,
  proved: Result<ProvedCard>,
): Result<undefined, 'card-not-proved' | 'card-of-another-record'> {
  if (!proved.ok) return fail('card-not-proved', proved.failure.code);
  const { cardId, residentCode } = proved.value;
  const isOne =
    cardId === card.cardId &&
    handOver.cardId === card.cardId &&
    handOver.applicationId === application.applicationId &&
    card.applicationId === application.applicationId &&
    residentCode === card.residentCode &&
    residentCode === application.residentCode;
  return isOne
    ? ok(undefined)
    : fail('card-of-another-record', 'the card in the reader is of another record');
}

type FaceFailure = 'photo-does-not-resemble' | 'photo-of-another-card' | 'face-not-compared';

/**
 * By post nobody stands there: the face was compared at the application, and whoever has the card need not read it. A card of
 * whoever was too young for a photo has none to compare: saying with what the person was looked at does no harm.
 * @param kept the digest of the photo that the factory put onto the chip; null where it put none
 */
function checkFace(
  { receiver }: HandOver,
  { resembles, comparedWith, faceSha256 }: CounterProof,
  kept: Buffer | null,
): Result<undefined, FaceFailure> {
  if (!resembles) return fail('photo-does-not-resemble', 'the face from the chip is not this person’s');
  const isUnread = receiver === 'post' && faceSha256 === null;
  if (!isUnread && !isSameDigest(faceSha256, kept))
    return fail('photo-of-another-card', 'this is not the photo that the factory put onto this card');
  const needed = receiver === 'post' ? null : receiver === 'proxy' ? 'document' : 'camera';
  const hasNothing = kept === null && comparedWith === null;
  return comparedWith === needed || hasNothing
    ? ok(undefined)
    : fail('face-not-compared', `the face is compared with: ${needed ?? 'nothing'}`);
}

const isSameDigest = (one: Buffer | null, other: Buffer | null): boolean =>
  one === null || other === null ? one === other : one.equals(other);
