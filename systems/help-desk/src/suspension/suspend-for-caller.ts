/**
 * A caller who was asked has the card stopped, at any hour (一時停止; domain rules 5.5). The order is stored first and the
 * letter that confirms it with its settling, so that a crash between leaves an order, which `finishSuspensions` carries out:
 * nothing that was ordered is lost, and nothing is confirmed that was not done.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext, SuspensionReason } from '../help-desk-context.ts';
import { type IdentityCheck, lockCheck, setCheckState } from '../questions/check-store.ts';
import { recordAbout } from '../record-about.ts';
import { findOrdered, type OrderedSuspension, settleSuspension } from './settle-suspension.ts';

export const CALLERS = ['holder', 'representative', 'family'] as const;

export interface SuspensionCall {
  readonly checkId: string;
  readonly caller: (typeof CALLERS)[number];
  readonly reason: SuspensionReason;
}

export type SuspensionFailure =
  | 'check-unknown'
  | 'check-over'
  | 'check-not-passed'
  /** The person has no card that could be stopped. */
  | 'card-none'
  | 'card-unknown'
  | 'card-state-refused';

export interface Suspended {
  readonly state: 'suspended';
}

/** Ordered again by the same check, it answers the same. */
export async function suspendForCaller(
  context: HelpDeskContext,
  access: Access,
  call: SuspensionCall,
): Promise<Result<Suspended, SuspensionFailure>> {
  const ordered = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    order(tx, context, access, call),
  );
  if (!ordered.ok) return ordered;
  const settled = await settleSuspension(context, access, ordered.value);
  return settled.ok ? ok({ state: 'suspended' }) : settled;
}

async function order(
  tx: Tx,
  context: HelpDeskContext,
  access: Access,
  call: SuspensionCall,
): Promise<Result<OrderedSuspension, SuspensionFailure>> {
  const check = await lockCheck(tx, call.checkId);
  if (check?.operator !== access.actor || check.purpose !== 'suspension')
    return fail('check-unknown', 'no such check of this operator');
  const earlier = await findOrdered(tx, call.checkId);
  if (earlier) return ok(earlier);
  const allowed = allow(check, context.clock.now());
  await recordAbout(tx, context, access, {
    subject: check.subject,
    fields: ['card-suspension', call.reason, `by-${call.caller}`],
    result: allowed.ok ? 'ordered' : allowed.failure.code,
  });
  if (!allowed.ok) return allowed;
  const { cardId, residentCode } = allowed.value;
  await tx`
    INSERT INTO help_desk.suspension (check_id, card_id, resident_code, caller, reason, operator, terminal, correlation,
      state, ordered_at)
    VALUES (${call.checkId}, ${cardId}, ${residentCode}, ${call.caller}, ${call.reason}, ${access.actor},
      ${access.terminal}, ${access.correlation}, 'ordered', ${new Date(context.clock.now())})`;
  await setCheckState(tx, call.checkId, 'used');
  return ok({ checkId: call.checkId, cardId, reason: call.reason, state: 'ordered', refusal: null });
}

function allow(
  check: IdentityCheck,
  now: number,
): Result<{ readonly cardId: string; readonly residentCode: string }, SuspensionFailure> {
  const { state, residentCode, cardId } = check;
  if (state === 'used' || now >= check.endsAt.getTime()) return fail('check-over', 'the check is over');
  if (state !== 'passed' || residentCode === null)
    return fail('check-not-passed', 'the questions are not answered');
  return cardId === null ? fail('card-none', 'there is no card to stop') : ok({ cardId, residentCode });
}
