/**
 * The handler of `move-out-request` at the old municipality: the person has arrived elsewhere than planned (住民基本台帳法
 * art. 24-2 (3), (4)). The card is proved here again; the information is given once more and never a third time, for all who
 * are still awaited of the move, and the planned destination is told that they do not come. Flow: docs/flows/moves.md step 6.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { AddressedMessage } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import { findResidents, residentsByCodeForUpdate } from '../municipal/resident-store.ts';
import { withdrawals } from './cancel-planned-move.ts';
import { proveCarried } from './card-proof.ts';
import { findHeads } from './find-heads.ts';
import { accessOfMessage, recordTouchedBy } from './move-entries.ts';
import { isSpecialMoveInOpen } from './move-limits.ts';
import {
  MOVE_OUT_INFORMATION,
  MOVE_OUT_REFUSED,
  MOVE_OUT_REQUEST,
  type RequestBody,
} from './move-messages.ts';
import { informationOf } from './move-out-information.ts';
import type { CardRefusal, MovesContext } from './moves-context.ts';
import { isOpenMover } from './planned-mover.ts';
import {
  lastPlansForUpdate,
  moversOfMoveForUpdate,
  type PlannedMover,
  storeMovers,
} from './planned-mover-store.ts';
import { type ApplyRelayed, answerEach, toNational } from './relayed.ts';

export type RequestRefusal =
  | CardRefusal
  | 'no-special-move-out'
  | 'special-move-in-over'
  | 'information-already-given';

export const answerInformationRequests = (moves: MovesContext): ApplyRelayed<RequestBody> =>
  answerEach((tx, municipality, request) => answerOne(tx, moves, municipality, request));

async function answerOne(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  request: RequestBody,
): Promise<readonly AddressedMessage[]> {
  const { from, correlation, residentCode } = request;
  const proved = await proveCarried(moves, request, 'move-in');
  const given = proved.ok ? await give(tx, moves, municipality, request) : proved;
  const persons = given.ok ? given.value.map((mover) => mover.residentCode) : [residentCode];
  await recordTouchedBy(
    tx,
    moves.registry,
    municipality,
    persons.map((code) => ({
      access: accessOfMessage(request, MOVE_OUT_REQUEST),
      residentCode: code,
      fields: ['move-out-information'],
      result: given.ok ? 'ok' : given.failure.code,
    })),
  );
  if (!given.ok) {
    const { code } = given.failure;
    return [toNational(MOVE_OUT_REFUSED, { from: municipality, to: from, correlation, residentCode, code })];
  }
  return [
    ...withdrawals(municipality, correlation, given.value),
    ...(await informationFor(tx, moves, municipality, request, given.value)),
  ];
}

/** The movers as they were before they were given away; each is marked with who asked. */
async function give(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  { from, residentCode }: RequestBody,
): Promise<Result<readonly PlannedMover[], RequestRefusal>> {
  const { clock } = moves.registry;
  await residentsByCodeForUpdate(tx, municipality, [residentCode]);
  const plan = (await lastPlansForUpdate(tx, municipality, [residentCode])).get(residentCode);
  if (!plan || plan.kind !== 'special' || !isOpenMover(plan.state))
    return fail('no-special-move-out', 'the person has no special move-out that is open');
  const today = dateInTokyo(clock.now());
  if (plan.state === 'expired' || !isSpecialMoveInOpen(plan.plannedOn, null, today))
    return fail('special-move-in-over', 'thirty days have passed since the planned day');
  if (plan.askedBy !== null || plan.givenTo === from)
    return fail('information-already-given', 'it was given already, and to whom is known');
  const all = await moversOfMoveForUpdate(tx, municipality, plan.moveId);
  const given = all.filter(({ state, askedBy }) => state === 'planned' && askedBy === null);
  const marked = given.map((mover) => ({ ...mover, givenTo: from, askedBy: from }));
  await storeMovers(tx, municipality, marked, new Date(clock.now()));
  return ok(given);
}

async function informationFor(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  request: RequestBody,
  movers: readonly PlannedMover[],
): Promise<readonly AddressedMessage[]> {
  const codes = movers.map(({ residentCode }) => residentCode);
  const records = new Map(
    (await findResidents(tx, municipality, codes)).map((record) => [record.residentCode, record]),
  );
  const heads = await findHeads(tx, municipality, [...records.values()]);
  return movers.map((mover) => {
    const record = records.get(mover.residentCode);
    if (!record) throw new Error('a planned mover has no record');
    const head = heads.get(record.householdNumber) ?? null;
    return toNational(MOVE_OUT_INFORMATION, {
      from: municipality,
      to: request.from,
      correlation: request.correlation,
      residentCode: mover.residentCode,
      information: informationOf(moves.registry, record, head, mover, mover),
      isAsked: true,
    });
  });
}
