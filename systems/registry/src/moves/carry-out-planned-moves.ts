/**
 * What the calendar does to moves, asked for again and again (daily is enough). Of those whose planned day is over the record
 * is deleted as of that day (施行令 art. 13); a plan of somebody who died or was removed meanwhile ends. Special plans expire,
 * and what lies here of others unused (information, wide-area copies) goes with its term. Flow: docs/flows/moves.md step 4.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import type { Access } from '../access.ts';
import { decideMoveOut } from '../events/move-out.ts';
import type { Resident } from '../municipal/resident.ts';
import { residentsByCodeForUpdate } from '../municipal/resident-store.ts';
import { municipalSite } from '../registry-context.ts';
import { expireCopies } from '../wide-area/receive-copies.ts';
import { recordTouched, type Touched } from './move-entries.ts';
import { specialPlansOverBefore } from './move-limits.ts';
import type { MovesContext } from './moves-context.ts';
import { lastPlansForUpdate, type PlannedMover, storeMovers } from './planned-mover-store.ts';
import { type Departure, writeDepartures } from './write-departures.ts';

const AT_ONCE = 500;

export interface CarriedOut {
  /** Records deleted by their planned day. */
  readonly left: number;
  /** Plans that ended because the person is no resident any more. */
  readonly moot: number;
  readonly expired: number;
}

/** Does what is due in a municipality, some hundred persons in a transaction. */
export async function carryOutPlannedMoves(
  moves: MovesContext,
  municipality: string,
  correlation: string,
): Promise<CarriedOut> {
  const { registry } = moves;
  const scope = { site: municipalSite(municipality) };
  const access: Access = {
    actorKind: 'system',
    actor: 'planned-moves',
    terminal: '',
    article: '住民基本台帳法施行令 第13条',
    affair: 'planned-moves',
    correlation,
  };
  let [left, moot] = [0, 0];
  for (;;) {
    const done = await inTransaction(registry.sql, scope, (tx) =>
      carryOutSome(tx, moves, municipality, access),
    );
    left += done.left;
    moot += done.moot;
    if (done.left > 0) registry.wake();
    if (done.seen < AT_ONCE) break;
  }
  const expired = await inTransaction(registry.sql, scope, (tx) => expire(tx, moves, municipality, access));
  return { left, moot, expired };
}

async function carryOutSome(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  access: Access,
): Promise<{ readonly seen: number; readonly left: number; readonly moot: number }> {
  const { registry } = moves;
  const today = dateInTokyo(registry.clock.now());
  const due = await tx<{ residentCode: string }[]>`
    SELECT p.resident_code AS "residentCode" FROM registry.municipal_planned_mover p
    JOIN registry.municipal_planned_move m USING (municipality_code, move_id)
    WHERE p.municipality_code = ${municipality} AND p.state = 'planned' AND p.out_sequence IS NULL
      AND m.planned_on < ${today}
    ORDER BY p.resident_code LIMIT ${AT_ONCE}`;
  const codes = due.map(({ residentCode }) => residentCode);
  if (codes.length === 0) return { seen: 0, left: 0, moot: 0 };
  // records first, then plans, as everybody locks them; what has changed meanwhile is seen here
  const records = await residentsByCodeForUpdate(tx, municipality, codes);
  const plans = await lastPlansForUpdate(tx, municipality, codes);
  const decided = [...plans.values()]
    .filter(
      ({ state, outSequence, plannedOn }) => state === 'planned' && outSequence === null && plannedOn < today,
    )
    .map((plan) => decide(records.get(plan.residentCode), plan, today));
  const departures = decided.flatMap(({ departure }) => (departure ? [departure] : []));
  const messages = await writeDepartures(tx, registry, municipality, departures);
  await storeMovers(
    tx,
    municipality,
    decided.map(({ plan }) => plan),
    new Date(registry.clock.now()),
  );
  await recordTouched(
    tx,
    registry,
    municipality,
    access,
    decided.map(({ touched }) => touched),
  );
  await sendAll(tx, messages);
  return { seen: codes.length, left: departures.length, moot: decided.length - departures.length };
}

interface DecidedPlan {
  readonly plan: PlannedMover;
  readonly departure: Departure | undefined;
  readonly touched: Touched;
}

function decide(record: Resident | undefined, plan: PlannedMover, today: IsoDate): DecidedPlan {
  const { residentCode, plannedOn, destination, moveId } = plan;
  const event = { reason: 'move-out' as const, residentCode, eventDate: plannedOn, destination };
  const decided = decideMoveOut(record, event, today);
  const fields = ['resident-record', 'move-out'];
  if (!decided.ok || !record) {
    const result = decided.ok ? 'resident-not-found' : decided.failure.code;
    return {
      plan: { ...plan, state: 'cancelled' },
      departure: undefined,
      touched: { residentCode, fields, result },
    };
  }
  const requestId = `planned-move ${moveId} ${record.residentNumber}`;
  return {
    plan: { ...plan, outSequence: record.sequence + 1 },
    departure: { before: record, decision: decided.value, requestId },
    touched: { residentCode, fields, result: 'ok' },
  };
}

/** Special plans whose term is over, and what nobody came to use here: a statement each. */
async function expire(tx: Tx, moves: MovesContext, municipality: string, access: Access): Promise<number> {
  const { registry } = moves;
  const now = new Date(registry.clock.now());
  const before = specialPlansOverBefore(dateInTokyo(now.getTime()));
  const expired = await tx<{ residentCode: string }[]>`
    UPDATE registry.municipal_planned_mover p SET state = 'expired', changed_at = ${now}
    FROM registry.municipal_planned_move m
    WHERE p.municipality_code = ${municipality} AND p.state = 'planned' AND m.municipality_code = p.municipality_code
      AND m.move_id = p.move_id AND m.kind = 'special' AND m.planned_on < ${before}
    RETURNING p.resident_code AS "residentCode"`;
  const over = await tx<{ residentCode: string }[]>`
    UPDATE registry.municipal_incoming_move SET state = 'over', information = NULL, changed_at = ${now}
    WHERE municipality_code = ${municipality} AND state = 'here' AND planned_on < ${before}
    RETURNING resident_code AS "residentCode"`;
  await expireCopies(tx, municipality, now);
  const touched = [
    ...expired.map(({ residentCode }) => ({
      residentCode,
      fields: ['move-out-plan', 'expired'],
      result: 'ok',
    })),
    ...over.map(({ residentCode }) => ({
      residentCode,
      fields: ['move-out-information', 'over'],
      result: 'ok',
    })),
  ];
  for (let at = 0; at < touched.length; at += AT_ONCE)
    await recordTouched(tx, registry, municipality, access, touched.slice(at, at + AT_ONCE));
  return expired.length;
}
