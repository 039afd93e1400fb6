/**
 * Why a card is applied for, decided when the application comes in: by the terms that a counter agreed on, which must still be so, or by
 * the centre's own records where nothing is owed (個人番号カード省令 art. 24: nobody has two; domain rules 5.5, 5.6). Pure.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { isRenewal } from '../card/card-expiry.ts';
import { cardFee, GROUNDS, type IssueGround } from './issue-grounds.ts';
import type { StoredTerms } from './issue-terms-store.ts';
import { type GroundFailure, groundOnRecord, type LastCard, proveGround } from './prove-ground.ts';

export type GroundRefusal =
  | GroundFailure
  /** There is a valid card, and no ground that lets it stand. */
  | 'card-already-valid'
  | 'terms-unknown'
  /** Agreed for somebody or something else than what is applied for. */
  | 'terms-differ'
  /** Another application has them. */
  | 'terms-used'
  /** Of an express card: the day on which it was to be with its holder is past. */
  | 'terms-over'
  /** A fee is owed, or only a counter can tell the ground. */
  | 'terms-needed';

/** What an application takes from its terms or from the records. */
export interface ApplicationGround {
  readonly ground: IssueGround;
  readonly termsId: string | null;
  /** The card before this one. */
  readonly previousCard: string | null;
  /** The last day of the card that this one renews in its last three months; null where it is no renewal. */
  readonly renewsCardOf: IsoDate | null;
  /** By when an express card is with its holder; null of others. */
  readonly expressDueOn: IsoDate | null;
}

export interface GroundCase {
  readonly residentCode: string;
  readonly last: LastCard | undefined;
  /** Undefined where there are none. */
  readonly terms: StoredTerms | undefined;
  /** Whether it comes online; undefined of a clerk's application in one step, which is what its terms say. */
  readonly isOnline?: boolean | undefined;
  readonly today: IsoDate;
}

export function groundOfApplication(of: GroundCase): Result<ApplicationGround, GroundRefusal> {
  const { residentCode, last, terms, today } = of;
  const agreed = terms ? checkTerms(of, terms) : ok(undefined);
  if (!agreed.ok) return agreed;
  const ground = terms?.ground ?? groundOnRecord(last, today);
  const stands = last && last.state !== 'void' && last.expiresOn >= today ? last : undefined;
  const mayStand = ground !== undefined && GROUNDS[ground].letsStand && stands?.residentCode === residentCode;
  if (stands && !mayStand) return fail('card-already-valid', 'the person has a valid card');
  if (ground === undefined) return fail('terms-needed', 'why the card is issued is told at the counter');
  if (!terms && owes(ground, last, today)) return fail('terms-needed', 'the fee is agreed at the counter');
  const isInWindow = isRenewal({ renewsCardOf: stands?.expiresOn, receivedOn: today });
  return ok({
    ground,
    termsId: terms?.termsId ?? null,
    previousCard: terms ? terms.previousCard : (last?.cardId ?? null),
    renewsCardOf: stands && isInWindow ? stands.expiresOn : null,
    expressDueOn: terms?.dueOn ?? null,
  });
}

/** What was agreed is of this person and this application, and still so. */
function checkTerms(
  { residentCode, last, isOnline, today }: GroundCase,
  terms: StoredTerms,
): Result<undefined, GroundRefusal> {
  const { ground, eventOn, previousCard } = terms;
  if (terms.residentCode !== residentCode)
    return fail('terms-differ', 'the terms are of another resident code');
  if (isOnline !== undefined && isOnline !== terms.isOnline)
    return fail(
      'terms-differ',
      `it was agreed that the application comes ${terms.isOnline ? '' : 'not '}online`,
    );
  if (terms.card_yen > 0 && terms.certificates_yen === 0)
    return fail('terms-differ', 'a card carries certificates, which were not agreed on');
  if (terms.dueOn !== null && today > terms.dueOn)
    return fail('terms-over', 'the express card was to be there by now');
  if (terms.isTaken) return fail('terms-used', 'another application has these terms');
  const proved = proveGround({ ground, eventOn, cardInHand: previousCard }, last, today);
  if (!proved.ok) return proved;
  const isOvertaken = eventOn !== null && proved.value.hasCardSince;
  return proved.value.previousCard === previousCard && !isOvertaken
    ? ok(undefined)
    : fail('terms-differ', 'the person was handed another card since');
}

function owes(ground: IssueGround, last: LastCard | undefined, today: IsoDate): boolean {
  const proved = proveGround({ ground }, last, today);
  if (!proved.ok) throw new Error('a ground on record is proved by the record');
  const { voidFor_days } = proved.value;
  return cardFee({ ground, isExpress: false, withCertificates: true, on: today, voidFor_days }).total_yen > 0;
}
