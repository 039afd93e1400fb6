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
import { recordCardEntry } from '../card-entry.ts';
import type { Desk } from '../life/counter-act.ts';
import type { CardLife } from '../life/life-context.ts';
import { type ExpressFailure, judgeExpress } from './express-rule.ts';
import { type CardFee, cardFee, type IssueGround } from './issue-grounds.ts';
import { type GroundFailure, type ProvedGround, proveGround } from './prove-ground.ts';

export interface TermsWish {
  /** Of the application that follows: 1 to 64 characters; the same is agreed once. */
  readonly requestId: string;
  readonly residentCode: string;
  readonly ground: IssueGround;
  readonly isExpress: boolean;
  readonly isOnline: boolean;
  readonly withCertificates: boolean;
  /** Of the event that gives the ground, where the centre does not know it itself. */
  readonly eventOn?: IsoDate | undefined;
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

/** Agrees on the terms of a card; the same request again answers the same terms. */
export async function agreeTerms(
  life: CardLife,
  { access, municipality }: Desk,
  wish: TermsWish,
): Promise<Result<IssueTerms, TermsFailure>> {
  const { cards } = life;
  const code = parseResidentCode(wish.residentCode);
  if (!code.ok) return code;
  const person = await findPerson(cards.registry, access, code.value);
  const codes = await codesOfHolder(cards.registry, code.value);
  return inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`card of ${code.value}`}, 0))`;
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
  const earlier = await findTerms(tx, wish);
  if (earlier) return earlier;
  const proved = await proveGround(tx, wish, codes, today);
  if (!proved.ok) return proved;
  const express = wish.isExpress
    ? judgeExpress({ ...wish, ...proved.value, birthDate: person.birthDate, askedOn: today })
    : ok({ dueOn: null });
  if (!express.ok) return express;
  const { voidFor_days } = proved.value;
  const fee = cardFee({ ...wish, on: today, voidFor_days });
  const terms = { requestId: wish.requestId, dueOn: express.value.dueOn, ...fee };
  await enter(tx, wish, proved.value, terms, today);
  return ok(terms);
}

async function findTerms(
  tx: Tx,
  { requestId, residentCode, ground, isExpress }: TermsWish,
): Promise<Result<IssueTerms, 'request-id-reused'> | undefined> {
  const [row] = await tx<(Omit<IssueTerms, 'total_yen'> & { isSame: boolean })[]>`
    SELECT request_id AS "requestId", due_on AS "dueOn", card_yen, certificates_yen,
      resident_code = ${residentCode} AND ground = ${ground} AND is_express = ${isExpress} AS "isSame"
    FROM cards.issue_terms WHERE request_id = ${requestId}`;
  if (!row) return undefined;
  const { isSame, ...terms } = row;
  return isSame
    ? ok({ ...terms, total_yen: terms.card_yen + terms.certificates_yen })
    : fail('request-id-reused', 'this request id was used for other terms');
}

async function enter(
  tx: Tx,
  wish: TermsWish,
  proved: ProvedGround,
  terms: IssueTerms,
  today: IsoDate,
): Promise<void> {
  await tx`
    INSERT INTO cards.issue_terms (request_id, resident_code, ground, previous_card, is_express, is_online, event_on,
      agreed_on, due_on, card_yen, certificates_yen)
    VALUES (${wish.requestId}, ${wish.residentCode}, ${wish.ground}, ${proved.previousCard}, ${wish.isExpress},
      ${wish.isOnline}, ${proved.eventOn}, ${today}, ${terms.dueOn}, ${terms.card_yen}, ${terms.certificates_yen})`;
}
