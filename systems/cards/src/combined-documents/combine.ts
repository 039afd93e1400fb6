/**
 * Recording that a card carries a driving licence or a residence card, that it does no longer, and that a licence followed to
 * the renewed card. Told by who wrote the chip, at the national site. A void card carries nothing: the database ends what
 * it carried with it.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import { ONLINE } from '../application/application-form.ts';
import { actOnCard } from '../card/card-act.ts';
import type { Card } from '../card/card-store.ts';
import type { CardsContext } from '../cards-context.ts';
import type { IssueGround } from '../issue-terms/issue-grounds.ts';
import type { CardLife } from '../life/life-context.ts';
import { type CombinedKind, type FollowFailure, isCombinable, refuseFollowing } from './combined-rules.ts';

export type CombineFailure =
  | 'card-unknown'
  | 'card-state-refused'
  | 'card-expired'
  | 'combining-not-yet'
  | 'already-combined'
  /** A residence card goes with a card that ends with the period of stay, or its holder is a permanent resident. */
  | 'stay-not-on-card';

export interface Combination {
  readonly cardId: string;
  readonly kind: CombinedKind;
  /** 免許証記録番号 or the residence card's number: 8 to 16 capitals and digits. */
  readonly recordNumber: string;
  /** Of a residence card: whether the holder's stay has no end. */
  readonly isPermanentResident: boolean;
}

export interface CombinedDocument {
  readonly cardId: string;
  readonly kind: CombinedKind;
  readonly state: 'combined' | 'ended';
}

/** Records a combination; the same again is answered the same. */
export function combine(
  context: CardsContext,
  access: Access,
  of: Combination,
): Promise<Result<CombinedDocument, CombineFailure>> {
  const { cardId, kind, recordNumber } = of;
  type Combined = Promise<Result<CombinedDocument, CombineFailure>>;
  return actOnCard(context, access, cardId, `combine-${kind}`, async (tx, locked): Combined => {
    const today = dateInTokyo(context.clock.now());
    if (!isCombinable(kind, today)) return fail('combining-not-yet', `no ${kind} on cards on that day`);
    const refusal = refuseUnusable(locked.card, today);
    if (refusal) return refusal;
    const hasStay = locked.application.stayExpiresOn !== null;
    if (kind === 'residence-card' && hasStay === of.isPermanentResident)
      return fail('stay-not-on-card', 'the card and the residence card say different things of the stay');
    const [open] = await tx<{ recordNumber: string }[]>`
      SELECT record_number AS "recordNumber" FROM cards.combined_document
      WHERE card_id = ${cardId} AND kind = ${kind} AND ended_on IS NULL`;
    if (open && open.recordNumber !== recordNumber)
      return fail('already-combined', 'the card carries another one');
    if (!open) await enter(tx, { cardId, kind, recordNumber, followedFrom: null, today });
    return ok({ cardId, kind, state: 'combined' });
  });
}

function refuseUnusable(card: Card, today: string) {
  if (card.state !== 'active') return fail('card-state-refused', `the card is ${card.state}`);
  return today > card.expiresOn ? fail('card-expired', 'the card is past its last day') : undefined;
}

async function enter(
  tx: Tx,
  row: {
    readonly cardId: string;
    readonly kind: CombinedKind;
    readonly recordNumber: string;
    readonly followedFrom: string | null;
    readonly today: string;
  },
): Promise<void> {
  await tx`
    INSERT INTO cards.combined_document (card_id, kind, number, record_number, followed_from, combined_on)
    SELECT ${row.cardId}, ${row.kind}, 1 + count(*)::int, ${row.recordNumber}, ${row.followedFrom}, ${row.today}::date
    FROM cards.combined_document WHERE card_id = ${row.cardId} AND kind = ${row.kind}`;
}

export interface Separation {
  readonly cardId: string;
  readonly kind: CombinedKind;
  readonly reason: 'holder-wish' | 'document-ended';
}

/** Ends a combination: the holder has another document again, or the document itself has ended. */
export function separate(
  context: CardsContext,
  access: Access,
  { cardId, kind, reason }: Separation,
): Promise<Result<CombinedDocument, 'card-unknown' | 'not-combined'>> {
  type Separated = Promise<Result<CombinedDocument, 'not-combined'>>;
  return actOnCard(context, access, cardId, `separate-${kind}`, async (tx): Separated => {
    const today = dateInTokyo(context.clock.now());
    const ended = await tx`
      UPDATE cards.combined_document SET ended_on = ${today}, end_reason = ${reason}
      WHERE card_id = ${cardId} AND kind = ${kind} AND ended_on IS NULL`;
    return ended.count === 1
      ? ok({ cardId, kind, state: 'ended' })
      : fail('not-combined', 'the card carries no such document');
  });
}

/** What the police tell of a licence that is to follow. */
export interface Following {
  readonly cardId: string;
  readonly recordNumber: string;
  readonly isSignatureFiled: boolean;
}

export type FollowLicenceFailure =
  | FollowFailure
  | 'card-unknown'
  | 'card-state-refused'
  | 'card-expired'
  | 'not-combined';

const FOLLOW_DETAILS: Readonly<Record<FollowFailure, string>> = {
  'following-not-yet': 'from 1 September 2025',
  'not-applied-online': 'the new card was not applied for online',
  'signature-not-filed': 'no signature certificate was filed, or the new card has none',
  'record-number-wrong': 'not the licence of the card before',
  'ground-does-not-follow': 'the card was not renewed for expiry or a full column',
};

/** Lets the licence of the card before follow to the renewed card, under the four conditions. */
export function followLicence(
  { cards: context, hasSignature }: CardLife,
  access: Access,
  { cardId, recordNumber, isSignatureFiled }: Following,
): Promise<Result<CombinedDocument, FollowLicenceFailure>> {
  const kind = 'driving-licence';
  type Followed = Promise<Result<CombinedDocument, FollowLicenceFailure>>;
  return actOnCard(context, access, cardId, 'follow-licence', async (tx, locked): Followed => {
    const today = dateInTokyo(context.clock.now());
    const unusable = refuseUnusable(locked.card, today);
    if (unusable) return unusable;
    const before = await findLicenceBefore(tx, locked.card);
    if (!before) return fail('not-combined', 'the card before carried no licence');
    const refusal = refuseFollowing({
      on: today,
      isAppliedOnline: before.isOnline,
      ground: before.ground,
      isSignatureFiled,
      isSignatureOnNewCard: await hasSignature(cardId),
      isRecordNumberRight: before.recordNumber === recordNumber,
    });
    if (refusal) return fail(refusal, FOLLOW_DETAILS[refusal]);
    if (!before.isHere) await enter(tx, { cardId, kind, recordNumber, followedFrom: before.cardId, today });
    return ok({ cardId, kind, state: 'combined' });
  });
}

interface LicenceBefore {
  readonly cardId: string;
  readonly isOnline: boolean;
  readonly ground: IssueGround;
  readonly recordNumber: string;
  readonly isHere: boolean;
}

/** The licence that the card before carried to its end, and how this one was applied for. */
async function findLicenceBefore(
  tx: Tx,
  { cardId, applicationId }: Card,
): Promise<LicenceBefore | undefined> {
  const [row] = await tx<LicenceBefore[]>`
    SELECT d.card_id AS "cardId", coalesce(w.channel = ANY(${[...ONLINE]}), t.is_online, false) AS "isOnline", a.ground,
      d.record_number AS "recordNumber",
      EXISTS (SELECT FROM cards.combined_document n
        WHERE n.card_id = ${cardId} AND n.kind = d.kind AND n.ended_on IS NULL) AS "isHere"
    FROM cards.application a JOIN cards.combined_document d ON d.card_id = a.previous_card
      LEFT JOIN cards.application_wish w USING (application_id) LEFT JOIN cards.issue_terms t ON t.request_id = a.terms_id
    WHERE a.application_id = ${applicationId} AND d.kind = 'driving-licence'
      AND (d.ended_on IS NULL OR d.end_reason = 'card-void')
    ORDER BY d.number DESC LIMIT 1`;
  return row;
}
