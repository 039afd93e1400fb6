/**
 * Who may have a card made now, and why: whoever has an application on its way may not (個人番号カード省令 art. 24); of the others the
 * ground decides, by the terms that were agreed at a counter or by the centre's records. Applications of one person take
 * turns, so that of two at once the later finds the earlier.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, mustSucceed, type Result } from '@ishizue/outcome';
import { lockUsableCards, storeCardChanges } from '../card/card-store.ts';
import { decideCardChange, voidStep } from '../card/change-card.ts';
import {
  type ApplicationGround,
  type GroundRefusal,
  groundOfApplication,
} from '../issue-terms/application-ground.ts';
import { findTerms } from '../issue-terms/issue-terms-store.ts';
import { findLastCards } from '../issue-terms/prove-ground.ts';
import { lockOpenApplications } from './application-store.ts';

export type BarredCode = GroundRefusal | 'application-already-open';

export interface GroundWish {
  readonly residentCode: string;
  /** All that the person has had, this one among them. */
  readonly codes: readonly string[];
  /** Of the terms that it takes. */
  readonly termsId?: string | undefined;
  /** Whether it names them: then they must be there. */
  readonly areTermsNamed: boolean;
  readonly isOnline?: boolean | undefined;
}

/** Until the end of the transaction nobody else decides about cards of these persons. */
export async function takeTurns(tx: Tx, residentCodes: readonly string[]): Promise<void> {
  await tx`
    SELECT pg_advisory_xact_lock(turn) FROM (
      SELECT DISTINCT hashtextextended('card of ' || code, 0) AS turn FROM unnest(${[...residentCodes]}::text[]) AS code
      ORDER BY 1
    ) turns`;
}

/** In the order of the wishes; of one person's the first that may. `now` in milliseconds since the epoch. */
export async function decideGrounds(
  tx: Tx,
  wishes: readonly GroundWish[],
  now: number,
): Promise<readonly Result<ApplicationGround, BarredCode>[]> {
  const residentCodes = wishes.map(({ residentCode }) => residentCode);
  const today = dateInTokyo(now);
  const open = await lockOpenApplications(tx, residentCodes);
  const busy = new Set(open.map(({ residentCode }) => residentCode));
  await endExpired(
    tx,
    residentCodes.filter((code) => !busy.has(code)),
    today,
    now,
  );
  const pairs = wishes.flatMap(({ codes, residentCode }) => codes.map((had) => [had, residentCode] as const));
  const last = await findLastCards(tx, pairs);
  const terms = await findTerms(
    tx,
    wishes.flatMap(({ termsId }) => termsId ?? []),
  );
  return wishes.map(({ residentCode, termsId, areTermsNamed, isOnline }) => {
    if (busy.has(residentCode))
      return fail('application-already-open', 'an application of this person is on its way');
    const agreed = termsId === undefined ? undefined : terms.get(termsId);
    if (areTermsNamed && !agreed) return fail('terms-unknown', 'no such terms were agreed on');
    const decided = groundOfApplication({
      residentCode,
      last: last.get(residentCode),
      terms: agreed,
      isOnline,
      today,
    });
    if (decided.ok) busy.add(residentCode);
    return decided;
  });
}

/** A card past its last day counts no more, and is void from now on. */
async function endExpired(
  tx: Tx,
  residentCodes: readonly string[],
  today: IsoDate,
  now: number,
): Promise<void> {
  const expired = (await lockUsableCards(tx, residentCodes)).filter(({ expiresOn }) => expiresOn < today);
  const changes = expired.map((card) =>
    mustSucceed(decideCardChange(card, voidStep('expired'), now), 'a card in its holder’s hand'),
  );
  await storeCardChanges(tx, changes, new Date(now));
}
