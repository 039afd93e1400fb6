/**
 * 転出届 (住民基本台帳法 art. 24): one or several of a household plan to move to another municipality. Nothing of the register
 * changes yet. On paper they get a certificate; with a card (転入届の特例, art. 24-2) the information goes to the planned
 * destination in the transaction that records the plan. Flow: docs/flows/moves.md steps 1 and 2.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPersonText } from '@ishizue/text';
import type { Access } from '../access.ts';
import { isCalendarDate } from '../events/guards.ts';
import { takeTurns } from '../municipal/decide-event.ts';
import { requestDigest } from '../municipal/recorded-request.ts';
import type { Resident } from '../municipal/resident.ts';
import { listHousehold, residentsByCodeForUpdate } from '../municipal/resident-store.ts';
import { municipalSite } from '../registry-context.ts';
import { type CardAtCounter, type CardFailure, proveAtCounter } from './card-proof.ts';
import { recordTouched } from './move-entries.ts';
import { isPlannableOn, isSpecialMoveInOpen } from './move-limits.ts';
import { MOVE_OUT_INFORMATION } from './move-messages.ts';
import { type Benefits, informationOf } from './move-out-information.ts';
import type { MovesContext } from './moves-context.ts';
import { toNational } from './relayed.ts';

/** A move-out as it is declared. */
export interface MoveOutDeclaration {
  readonly channel: 'counter' | 'portal';
  readonly movers: readonly { readonly residentCode: string; readonly benefits: Benefits }[];
  readonly plannedOn: IsoDate;
  readonly destinationMunicipality: string;
  /** The new address, in full, as far as it is known. */
  readonly destination: string;
  /** The card of one of the movers: the special move-in. */
  readonly card?: CardAtCounter;
}

export type DeclareFailure =
  | CardFailure
  | 'resident-not-found'
  | 'resident-not-current'
  | 'not-one-household'
  | 'card-not-of-mover'
  | 'declarer-not-head'
  | 'already-planned'
  | 'destination-not-elsewhere'
  | 'municipality-not-served'
  | 'planned-date-invalid'
  | 'special-move-in-over'
  | 'text-refused'
  | 'request-id-reused';

export interface DeclaredMove {
  readonly moveId: string;
  readonly movers: readonly string[];
}

/** Records a declared move under its request id, once. */
export async function declareMoveOut(
  moves: MovesContext,
  municipality: string,
  access: Access,
  requestId: string,
  declaration: MoveOutDeclaration,
): Promise<Result<DeclaredMove, DeclareFailure>> {
  const { card, ...declared } = declaration;
  const proved = card && (await proveAtCounter(moves, municipality, 'move-out', card, access));
  const holder = proved?.ok ? proved.value : undefined;
  const { registry } = moves;
  const codes = [...new Set(declared.movers.map((mover) => mover.residentCode))].sort();
  const result = await inTransaction(registry.sql, { site: municipalSite(municipality) }, async (tx) => {
    const plan = { municipality, requestId, codes, declared, holder };
    const outcome = proved && !proved.ok ? proved : await decideAndWrite(tx, moves, access, plan);
    if (!outcome.ok) {
      const { code } = outcome.failure;
      await recordTouched(tx, registry, municipality, access, codes.map(touchedWith(code)));
    }
    return outcome;
  });
  registry.wake();
  return result;
}

const touchedWith = (result: string) => (residentCode: string) => ({
  residentCode,
  fields: ['move-out-plan'],
  result,
});

interface Plan {
  readonly municipality: string;
  readonly requestId: string;
  readonly codes: readonly string[];
  readonly declared: Omit<MoveOutDeclaration, 'card'>;
  readonly holder: { readonly residentCode: string; readonly cardId: string } | undefined;
}

async function decideAndWrite(
  tx: Tx,
  moves: MovesContext,
  access: Access,
  plan: Plan,
): Promise<Result<DeclaredMove, DeclareFailure>> {
  const { municipality, requestId, codes, declared, holder } = plan;
  await takeTurns(tx, `${municipality} ${requestId}`);
  const digest = requestDigest(tx, { ...declared, holder: holder?.residentCode ?? null });
  const [earlier] = await tx<{ isSame: boolean }[]>`
    SELECT request_sha256 = ${digest} AS "isSame" FROM registry.municipal_planned_move
    WHERE municipality_code = ${municipality} AND move_id = ${requestId}`;
  if (earlier?.isSame === true) return ok({ moveId: requestId, movers: codes });
  if (earlier) return fail('request-id-reused', 'this request id was used for another declaration');
  const residents = await residentsByCodeForUpdate(tx, municipality, codes);
  const decided = await decide(tx, moves, plan, residents);
  if (!decided.ok) return decided;
  const today = dateInTokyo(moves.registry.clock.now());
  await tx`
    INSERT INTO registry.municipal_planned_move (municipality_code, move_id, kind, channel, declared_on, planned_on,
      destination_municipality, destination, request_sha256)
    VALUES (${municipality}, ${requestId}, ${holder ? 'special' : 'paper'}, ${declared.channel}, ${today},
      ${declared.plannedOn}, ${declared.destinationMunicipality}, ${declared.destination}, ${digest})`;
  const movers = declared.movers.map((mover) => ({
    ...mover,
    cardId: mover.residentCode === holder?.residentCode ? holder.cardId : null,
  }));
  await tx`
    INSERT INTO registry.municipal_planned_mover (municipality_code, move_id, resident_code, state, benefits, card_id,
      given_to, changed_at)
    SELECT ${municipality}::text, ${requestId}::text, m."residentCode", 'planned', m.benefits, m."cardId",
      ${holder ? declared.destinationMunicipality : null}::text, ${new Date(moves.registry.clock.now())}::timestamptz
    FROM jsonb_to_recordset(${tx.json(movers)}) AS m("residentCode" text, benefits jsonb, "cardId" text)`;
  await recordTouched(tx, moves.registry, municipality, access, codes.map(touchedWith('ok')));
  if (holder) await sendInformation(tx, moves, access, plan, decided.value, movers);
  return ok({ moveId: requestId, movers: codes });
}

/** The household that moves, where the plan may be recorded. */
async function decide(
  tx: Tx,
  moves: MovesContext,
  plan: Plan,
  residents: ReadonlyMap<string, Resident>,
): Promise<Result<readonly Resident[], DeclareFailure>> {
  const { municipality, codes, declared, holder } = plan;
  const sound = checkDeclaration(moves, plan);
  if (!sound.ok) return sound;
  const movers = [...residents.values()];
  if (movers.length !== codes.length)
    return fail('resident-not-found', 'a mover has no record in this municipality');
  if (movers.some(({ status }) => status !== 'resident'))
    return fail('resident-not-current', 'a mover is no resident any more');
  const [first] = movers;
  if (!first || movers.some(({ householdNumber }) => householdNumber !== first.householdNumber))
    return fail('not-one-household', 'those who are declared together are of one household');
  if (movers.some((mover) => declared.plannedOn < mover.becameResidentOn))
    return fail('planned-date-invalid', 'the planned day is before a mover became a resident');
  if (holder) {
    const declarer = residents.get(holder.residentCode);
    if (!declarer) return fail('card-not-of-mover', 'the card is not one of a mover');
    if (movers.length > 1 && declarer.relationship !== '世帯主')
      return fail('declarer-not-head', 'others move with the card of the head of the household only');
  }
  const open = await tx`
    SELECT 1 FROM registry.municipal_planned_mover
    WHERE municipality_code = ${municipality} AND resident_code = ANY(${codes}) AND state IN ('planned', 'expired')
    LIMIT 1`;
  if (open.length > 0) return fail('already-planned', 'a mover has a plan already; it is cancelled first');
  return ok(await listHousehold(tx, municipality, first.householdNumber));
}

function checkDeclaration(moves: MovesContext, plan: Plan): Result<undefined, DeclareFailure> {
  const { municipality, declared, holder } = plan;
  const { plannedOn, destination, destinationMunicipality } = declared;
  const today = dateInTokyo(moves.registry.clock.now());
  const clean = checkPersonText(destination, 200);
  if (!clean.ok) return fail('text-refused', clean.failure.detail);
  if (!isCalendarDate(plannedOn) || !isPlannableOn(plannedOn, today))
    return fail('planned-date-invalid', 'the planned day is no day, or more than a year ahead');
  if (destinationMunicipality === municipality)
    return fail('destination-not-elsewhere', 'a move inside the municipality is declared as such');
  if (!moves.registry.municipalities.findMunicipality(destinationMunicipality))
    return fail('municipality-not-served', 'there is no such municipality');
  if (holder && !moves.participates(destinationMunicipality))
    return fail('municipality-not-served', 'no link leads to the destination');
  if (holder && !isSpecialMoveInOpen(plannedOn, null, today))
    return fail('special-move-in-over', 'the planned day is too long ago for the special move-in');
  return ok(undefined);
}

async function sendInformation(
  tx: Tx,
  moves: MovesContext,
  access: Access,
  { municipality, requestId, declared }: Plan,
  household: readonly Resident[],
  movers: readonly { residentCode: string; benefits: Benefits; cardId: string | null }[],
): Promise<void> {
  const head = household.find(({ relationship }) => relationship === '世帯主')?.name ?? null;
  const journey = { ...declared, moveId: requestId };
  const byCode = new Map(household.map((member) => [member.residentCode, member]));
  await sendAll(
    tx,
    movers.flatMap((mover) => {
      const resident = byCode.get(mover.residentCode);
      if (!resident) throw new Error('a locked mover is not of the household');
      return toNational(MOVE_OUT_INFORMATION, {
        from: municipality,
        to: declared.destinationMunicipality,
        correlation: access.correlation,
        residentCode: mover.residentCode,
        information: informationOf(moves.registry, resident, head, journey, mover),
        isAsked: false,
      });
    }),
  );
}
