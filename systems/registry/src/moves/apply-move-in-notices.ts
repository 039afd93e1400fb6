/** The handler of `move-in-notice` at the old municipality: planned moves become departures, in one set. */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { AddressedMessage } from '@ishizue/link';
import type { Resident } from '../municipal/resident.ts';
import { residentsByCodeForUpdate } from '../municipal/resident-store.ts';
import { type Arrival, decideArrivalElsewhere } from './arrival.ts';
import { withdrawals } from './cancel-planned-move.ts';
import { accessOfMessage, recordTouchedBy } from './move-entries.ts';
import { MOVE_IN_NOTICE, type MoveInNoticeBody } from './move-messages.ts';
import type { MovesContext } from './moves-context.ts';
import { moverAfter } from './planned-mover.ts';
import { lastPlansForUpdate, type PlannedMover, storeMovers } from './planned-mover-store.ts';
import type { ApplyRelayed } from './relayed.ts';
import { type Departure, writeDepartures } from './write-departures.ts';

interface DecidedNotice {
  readonly notice: MoveInNoticeBody;
  readonly arrival: Arrival;
  /** The plan as it stands after it. */
  readonly plan: PlannedMover | undefined;
}

export function applyMoveInNotices(moves: MovesContext): ApplyRelayed<MoveInNoticeBody> {
  const { registry } = moves;
  return async (tx, link, notices) => {
    const municipality = link.to.slice('municipal/'.length);
    const codes = [...new Set(notices.map(({ residentCode }) => residentCode))];
    const records = new Map(await residentsByCodeForUpdate(tx, municipality, codes));
    const plans = new Map(await lastPlansForUpdate(tx, municipality, codes));
    const today = dateInTokyo(registry.clock.now());
    // one after the other in memory: of two notices of one person the second sees what the first did
    const decided = notices.map((notice) => decideOne(records, plans, notice, today));
    const departures = decided.flatMap(departureOf);
    const messages = await writeDepartures(tx, registry, municipality, departures);
    await annotate(tx, municipality, decided);
    const now = new Date(registry.clock.now());
    const changed = new Map(
      decided.flatMap(({ plan, arrival }) =>
        plan && arrival.kind !== 'unsettled' ? [[plan.residentCode, plan]] : [],
      ),
    );
    await storeMovers(tx, municipality, [...changed.values()], now);
    await keepUnsettled(tx, municipality, decided, now);
    await recordTouchedBy(
      tx,
      registry,
      municipality,
      decided.map(({ notice, arrival }) => ({
        access: accessOfMessage(notice, MOVE_IN_NOTICE),
        residentCode: notice.residentCode,
        fields: ['move-in-notice'],
        result: arrival.kind === 'unsettled' ? arrival.code : 'ok',
      })),
    );
    link.send([...messages, ...decided.flatMap((one) => callBack(municipality, one))]);
  };
}

function decideOne(
  records: Map<string, Resident>,
  plans: Map<string, PlannedMover>,
  notice: MoveInNoticeBody,
  today: string,
): DecidedNotice {
  const { residentCode } = notice;
  const plan = plans.get(residentCode);
  const arrival = decideArrivalElsewhere(records.get(residentCode), plan, notice, today);
  if (arrival.kind === 'unsettled') return { notice, arrival, plan };
  const after =
    arrival.kind === 'leaves'
      ? { ...arrival.decision.after, sequence: arrival.decision.after.sequence + 1 }
      : { ...arrival.record, movedTo: notice.address };
  records.set(residentCode, after);
  const state = plan && moverAfter(plan.state, 'arrive');
  if (!plan || !state) return { notice, arrival, plan };
  const outSequence = arrival.kind === 'leaves' ? after.sequence : plan.outSequence;
  const arrived = { ...plan, state, outSequence, arrivedAt: notice.from, arrivedOn: notice.movedOn };
  plans.set(residentCode, arrived);
  return { notice, arrival, plan: arrived };
}

/** The information that went to another place than where the person has arrived is called back. */
function callBack(
  municipality: string,
  { notice, arrival, plan }: DecidedNotice,
): readonly AddressedMessage[] {
  if (arrival.kind === 'unsettled' || !plan || plan.givenTo === notice.from) return [];
  return withdrawals(municipality, notice.correlation, [plan]);
}

function departureOf({ notice, arrival, plan }: DecidedNotice): readonly Departure[] {
  if (arrival.kind !== 'leaves') return [];
  if (!plan) throw new Error('a departure without a plan');
  const requestId = `planned-move ${plan.moveId} ${arrival.before.residentNumber} ${notice.correlation}`;
  return [{ before: arrival.before, decision: arrival.decision, requestId }];
}

/** Puts the destination of deleted records right (施行令 art. 13 (2)). */
async function annotate(tx: Tx, municipality: string, decided: readonly DecidedNotice[]): Promise<void> {
  const corrected = new Map(
    decided.flatMap(({ notice, arrival }) =>
      arrival.kind === 'annotated' ? [[notice.residentCode, notice.address]] : [],
    ),
  );
  if (corrected.size === 0) return;
  await tx`
    UPDATE registry.municipal_resident r SET moved_to = c.address
    FROM unnest(${[...corrected.keys()]}::text[], ${[...corrected.values()]}::text[]) AS c(resident_code, address)
    WHERE r.municipality_code = ${municipality} AND r.resident_code = c.resident_code`;
}

async function keepUnsettled(
  tx: Tx,
  municipality: string,
  decided: readonly DecidedNotice[],
  now: Date,
): Promise<void> {
  const rows = decided.flatMap(({ notice, arrival }) =>
    arrival.kind === 'unsettled' ? [{ ...notice, code: arrival.code }] : [],
  );
  if (rows.length === 0) return;
  await tx`
    INSERT INTO registry.municipal_unsettled_arrival
      (municipality_code, at_municipality, resident_code, moved_on, address, code, received_at)
    SELECT ${municipality}::text, u."from", u."residentCode", u."movedOn", u.address, u.code, ${now}::timestamptz
    FROM jsonb_to_recordset(${tx.json(rows)}) AS u("from" text, "residentCode" text, "movedOn" date, address text,
      code text)`;
}
