/**
 * A planned move that is taken back (転出取消): before the planned day, or after it by a mover who did not go; then the
 * deletion of the record is undone by an event, as everything is. Who holds the information is told. Of a person whose
 * move-in notice has come there is nothing to take back. Flow: docs/flows/moves.md step 3.
 */
import { randomUUID } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { type AddressedMessage, sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { allOrNothing } from '../municipal/all-or-nothing.ts';
import { type RecordFailure, recordUnsent } from '../municipal/record-event.ts';
import { residentsByCodeForUpdate } from '../municipal/resident-store.ts';
import { municipalSite } from '../registry-context.ts';
import { recordTouched } from './move-entries.ts';
import { MOVE_OUT_WITHDRAWN } from './move-messages.ts';
import type { MovesContext } from './moves-context.ts';
import { moverAfter } from './planned-mover.ts';
import { moversOfMoveForUpdate, type PlannedMover, storeMovers } from './planned-mover-store.ts';
import { toNational } from './relayed.ts';

export type CancelFailure = RecordFailure | 'move-not-planned';

/** Whose plan is taken back. */
export interface Cancellation {
  readonly moveId: string;
  readonly residentCodes: readonly string[];
}

/** Takes plans back; the records of those whose planned day is over become current again. */
export async function cancelPlannedMove(
  moves: MovesContext,
  municipality: string,
  access: Access,
  cancellation: Cancellation,
): Promise<Result<undefined, CancelFailure>> {
  const { registry } = moves;
  const codes = [...new Set(cancellation.residentCodes)].sort();
  const result = await inTransaction(registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const cancelled = await allOrNothing(tx, (inner) =>
      cancel(inner, moves, municipality, access, cancellation.moveId, codes),
    );
    const outcome = cancelled.ok ? 'ok' : cancelled.failure.code;
    const touched = codes.map((residentCode) => ({
      residentCode,
      fields: ['move-out-plan', 'cancelled'],
      result: outcome,
    }));
    await recordTouched(tx, registry, municipality, access, touched);
    if (!cancelled.ok) return cancelled;
    await sendAll(tx, cancelled.value);
    return ok(undefined);
  });
  registry.wake();
  return result;
}

async function cancel(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  access: Access,
  moveId: string,
  codes: readonly string[],
): Promise<Result<readonly AddressedMessage[], CancelFailure>> {
  const { registry } = moves;
  await residentsByCodeForUpdate(tx, municipality, codes);
  const wanted = new Set(codes);
  const all = await moversOfMoveForUpdate(tx, municipality, moveId);
  const cancelled = all.flatMap((mover) => {
    const state = moverAfter(mover.state, 'cancel');
    return state && wanted.has(mover.residentCode) ? [{ ...mover, state }] : [];
  });
  if (cancelled.length !== codes.length || codes.length === 0)
    return fail('move-not-planned', 'a person has no such plan that could be taken back');
  const restored = await restore(tx, moves, municipality, access, cancelled);
  if (!restored.ok) return restored;
  await storeMovers(tx, municipality, cancelled, new Date(registry.clock.now()));
  return ok([...restored.value, ...withdrawals(municipality, access.correlation, cancelled)]);
}

/** Undoes the deletions that the planned day brought; at the most those of one household. */
async function restore(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  access: Access,
  movers: readonly PlannedMover[],
): Promise<Result<readonly AddressedMessage[], RecordFailure>> {
  const messages: AddressedMessage[] = [];
  const eventDate = dateInTokyo(moves.registry.clock.now());
  for (const { residentCode, outSequence } of movers) {
    if (outSequence === null) continue;
    const basis = '転出の取消し';
    const undo = { reason: 'undo' as const, residentCode, eventDate, undoes: outSequence, basis };
    const requestId = `cancelled-move ${randomUUID()}`;
    const undone = await recordUnsent(tx, moves.registry, municipality, access, requestId, undo);
    if (!undone.ok) return undone;
    messages.push(...undone.value.notices);
  }
  return ok(messages);
}

/** Tells those who hold the information that the person does not come. */
export function withdrawals(
  municipality: string,
  correlation: string,
  movers: readonly PlannedMover[],
): readonly AddressedMessage[] {
  return movers.flatMap(({ givenTo, moveId, residentCode }) =>
    givenTo === null
      ? []
      : [
          toNational(MOVE_OUT_WITHDRAWN, {
            from: municipality,
            to: givenTo,
            correlation,
            residentCode,
            moveId,
          }),
        ],
  );
}
