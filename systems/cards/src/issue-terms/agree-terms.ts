/**
 * The terms of a card before it is applied for, at the counter: its ground with what proves it, its fee by the rule of the
 * day, and whether it is express. They are kept under the request id of the application that follows, once.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  codesOfHolder,
  findPerson,
  type IdentifiedPerson,
  NATIONAL_SITE,
  parseResidentCode,
} from '@ishizue/registry';
import { takeTurns } from '../application/decide-grounds.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { Desk } from '../life/counter-act.ts';
import type { CardLife } from '../life/life-context.ts';
import { type ExpressFailure, judgeExpress } from './express-rule.ts';
import { type CardFee, cardFee, type IssueGround } from './issue-grounds.ts';
import { findTerms, hasExpressTerms, insertTerms, type StoredTerms } from './issue-terms-store.ts';
import { findLastCards, type GroundFailure, proveGround } from './prove-ground.ts';

export interface TermsWish {
  /** Of the application that follows, or by which it names them: 1 to 64 characters; the same is agreed once. */
  readonly requestId: string;
  readonly residentCode: string;
  readonly ground: IssueGround;
  readonly isExpress: boolean;
  readonly isOnline: boolean;
  readonly withCertificates: boolean;
  /** Of the event that gives the ground, where the centre does not know it itself. */
  readonly eventOn?: IsoDate | undefined;
  /** The serial of the card that the counter has before it, where its chip does not answer. */
  readonly cardInHand?: string | undefined;
}

export interface IssueTerms extends CardFee {
  readonly requestId: string;
  /** By when an express card is with its holder; null of others. */
  readonly dueOn: IsoDate | null;
}

export type TermsFailure =
  | GroundFailure
  | ExpressFailure
  | 'resident-code-malformed'
  | 'resident-code-check-digit'
  | 'person-unknown'
  | 'desk-not-of-residence'
  | 'request-id-reused';

/** Agrees on the terms of a card; the same request again answers the same terms. One event gives one express card. */
export async function agreeTerms(
  { cards }: Pick<CardLife, 'cards'>,
  { access, municipality }: Desk,
  wish: TermsWish,
): Promise<Result<IssueTerms, TermsFailure>> {
  const code = parseResidentCode(wish.residentCode);
  if (!code.ok) return code;
  const person = await findPerson(cards.registry, access, code.value);
  const codes = await codesOfHolder(cards.registry, code.value);
  return inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
    await takeTurns(tx, [code.value]);
    const agreed = await agree(tx, cards.clock.now(), { wish, person, codes, municipality });
    await recordCardEntry(tx, cards, access, {
      residentCode: code.value,
      fields: ['card-terms', wish.ground],
      result: agreed.ok ? 'ok' : agreed.failure.code,
    });
    return agreed;
  });
}

interface Asked {
  readonly wish: TermsWish;
  readonly person: IdentifiedPerson | undefined;
  /** All codes that the person has had. */
  readonly codes: readonly string[];
  readonly municipality: string;
}

async function agree(
  tx: Tx,
  now: number,
  { wish, person, codes, municipality }: Asked,
): Promise<Result<IssueTerms, TermsFailure>> {
  if (!person) return fail('person-unknown', 'nobody has this resident code');
  if (person.municipality !== municipality)
    return fail('desk-not-of-residence', 'another municipality is responsible for the holder');
  const today = dateInTokyo(now);
  const earlier = (await findTerms(tx, [wish.requestId])).get(wish.requestId);
  if (earlier) return sameTerms(earlier, wish);
  const { residentCode, ground, isExpress, isOnline } = wish;
  const pairs = codes.map((code) => [code, residentCode] as const);
  const last = (await findLastCards(tx, pairs)).get(residentCode);
  const proved = proveGround(wish, last, today);
  if (!proved.ok) return proved;
  const { previousCard, eventOn, voidFor_days } = proved.value;
  const express = isExpress
    ? judgeExpress({ ...wish, ...proved.value, birthDate: person.birthDate, askedOn: today })
    : ok({ dueOn: null });
  if (!express.ok) return express;
  if (isExpress && (await hasExpressTerms(tx, { residentCode, ground, eventOn })))
    return fail('express-used', 'an express card was agreed on for this event');
  const { card_yen, certificates_yen } = cardFee({ ...wish, on: today, voidFor_days });
  const { dueOn } = express.value;
  const fee = { card_yen, certificates_yen };
  const termsId = wish.requestId;
  const terms = { termsId, residentCode, ground, previousCard, isExpress, isOnline, eventOn, dueOn, ...fee };
  await insertTerms(tx, terms, today);
  return ok(viewOf(terms));
}

function sameTerms(earlier: StoredTerms, wish: TermsWish): Result<IssueTerms, 'request-id-reused'> {
  const isSame =
    earlier.residentCode === wish.residentCode &&
    earlier.ground === wish.ground &&
    earlier.isExpress === wish.isExpress &&
    earlier.isOnline === wish.isOnline;
  return isSame ? ok(viewOf(earlier)) : fail('request-id-reused', 'this request id was used for other terms');
}

type Agreed = Pick<StoredTerms, 'termsId' | 'dueOn' | 'card_yen' | 'certificates_yen'>;

const viewOf = ({ termsId, dueOn, card_yen, certificates_yen }: Agreed): IssueTerms => ({
  requestId: termsId,
  dueOn,
  card_yen,
  certificates_yen,
  total_yen: card_yen + certificates_yen,
});
