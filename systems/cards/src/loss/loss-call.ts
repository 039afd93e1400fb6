/**
 * The call to the call centre, around the clock (一時停止; domain rules 5.5): who calls says who the holder is; exactly one
 * person is meant or nobody, and the card is suspended at once. Its certificates are held, which is final. The officer
 * learns nothing but that the card is stopped.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type Access,
  NATIONAL_SITE,
  type PersonQuery,
  type StrictSearchFailure,
  searchManyStrictly,
} from '@ishizue/registry';
import { suspendCard } from '../card/void-card.ts';
import type { CardsContext } from '../cards-context.ts';

export const CALLERS = ['holder', 'representative', 'family'] as const;
export const LOSS_PURPOSES = ['lost', 'stolen', 'misuse-feared'] as const;

export interface LossCall {
  /** Of the call centre's own: the same call is taken once. */
  readonly callId: string;
  readonly caller: (typeof CALLERS)[number];
  readonly purpose: (typeof LOSS_PURPOSES)[number];
  /** Name, birth date, address and, where it is known, sex. */
  readonly holder: PersonQuery;
}

export type LossCallFailure =
  | StrictSearchFailure
  /** The person has no card in hand. */
  | 'no-card'
  | 'call-id-reused'
  | 'card-unknown'
  | 'card-state-refused';

export interface SuspendedCard {
  readonly state: 'suspended';
}

/** Suspends the one card of whom the caller means; called again about a suspended card, it answers the same. */
export async function takeLossCall(
  context: CardsContext,
  access: Access,
  call: LossCall,
): Promise<Result<SuspendedCard, LossCallFailure>> {
  const [found] = await searchManyStrictly(context.registry, access, [call.holder]);
  if (!found) throw new Error('a query was not answered');
  if (!found.ok) return found;
  const cardId = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    findInHand(tx, found.value.person.residentCode),
  );
  if (cardId === undefined) return fail('no-card', 'the person has no card in hand');
  const suspended = await suspendCard(context, access, cardId, (tx) =>
    enterCall(tx, call, access, cardId, context.clock.now()),
  );
  return suspended.ok ? ok({ state: 'suspended' }) : suspended;
}

async function findInHand(tx: Tx, residentCode: string): Promise<string | undefined> {
  const [row] = await tx<{ cardId: string }[]>`
    SELECT card_id AS "cardId" FROM cards.card
    WHERE resident_code = ${residentCode} AND state IN ('active', 'suspended')`;
  return row?.cardId;
}

async function enterCall(
  tx: Tx,
  { callId, caller, purpose }: LossCall,
  { actor }: Access,
  cardId: string,
  now: number,
): Promise<Result<undefined, 'call-id-reused'>> {
  await tx`
    INSERT INTO cards.loss_call (call_id, card_id, caller, purpose, operator, called_at)
    VALUES (${callId}, ${cardId}, ${caller}, ${purpose}, ${actor}, ${new Date(now)})
    ON CONFLICT DO NOTHING`;
  const [entered] = await tx<{ cardId: string }[]>`
    SELECT card_id AS "cardId" FROM cards.loss_call WHERE call_id = ${callId}`;
  return entered?.cardId === cardId
    ? ok(undefined)
    : fail('call-id-reused', 'this call id was used for another card');
}
