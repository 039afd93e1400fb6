/**
 * What an event of the register means for the households: whom a newcomer stands how to (住民基本台帳法 art. 7 iv), who is head
 * when the head is gone, what an undo gives back. A household of one needs no declaration of its head (施行令 art. 25): the
 * register writes it itself, by an act that is undone with its event. Several who remain wait for the officer.
 */
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CounterEvent, Decided } from '../municipal/decide-event.ts';
import type { Resident } from '../municipal/resident.ts';
import { listHousehold } from '../municipal/resident-store.ts';
import {
  findStandingAct,
  isAsLeft,
  membersOfAct,
  nextHouseholdNumber,
  type StoredAct,
  takeHouseholdTurns,
} from './household-store.ts';
import { HEAD, isRelationship } from './relationship.ts';

export type SettleFailure = 'relationship-unknown' | 'household-has-head' | 'household-changed-since';

/** An event with the household that the person has after it. */
export interface Settled extends Decided {
  /** The act that followed from the event that is undone; it is undone too. */
  readonly takesBack?: StoredAct;
}

/**
 * Takes turns at the households whose membership an event may change, before any record is locked; answers which.
 * Undefined where the event leaves households as they are.
 */
export async function takeTurnsOf(
  tx: Tx,
  municipality: string,
  event: CounterEvent,
): Promise<readonly string[] | undefined> {
  switch (event.reason) {
    case 'move-in':
    case 'ex-officio-entry': {
      const joined = event.joins ? [event.joins.householdNumber] : [];
      const codes = event.residentCode === null ? [] : [event.residentCode];
      return takeHouseholdTurns(tx, municipality, codes, joined);
    }
    case 'birth':
      return takeHouseholdTurns(tx, municipality, [event.parentResidentCode], []);
    case 'move-within': {
      const joined = event.householdNumber === undefined ? [] : [event.householdNumber];
      return takeHouseholdTurns(tx, municipality, [event.residentCode], joined);
    }
    case 'move-out':
    case 'death':
    case 'ex-officio-removal':
    case 'undo':
      return takeHouseholdTurns(tx, municipality, [event.residentCode], []);
    case 'minor-correction':
    case 'ex-officio-correction':
    case 'alias-change':
    case 'former-surname-change':
    case 'resident-code-change':
    case 'ex-officio-code-change':
      return undefined;
  }
}

/**
 * The household and relationship after an event, or why they cannot be.
 * @param held the households of `takeTurnsOf`
 */
export async function settleHousehold(
  tx: Tx,
  municipality: string,
  event: CounterEvent,
  decided: Decided,
  held: readonly string[] | undefined,
): Promise<Result<Settled, SettleFailure>> {
  const { before, decision } = decided;
  if (!held) return ok(decided);
  // somebody may have changed households while this waited for the one they were in
  const lived = before?.status === 'resident' ? [before.householdNumber] : [];
  const touched = event.reason === 'birth' ? [decision.after.householdNumber] : lived;
  if (!touched.every((number) => held.includes(number))) return changedSince();
  if (decision.after.status !== 'resident') return ok(decided);
  if (decision.undoes !== undefined && before)
    return settleUndo(tx, municipality, decided, before, decision.undoes);
  if (event.reason === 'move-within' && event.newHousehold === true) {
    const householdNumber = await nextHouseholdNumber(tx);
    return ok(withHousehold(decided, { householdNumber, relationship: HEAD }));
  }
  return isSettled(before, decision.after) ? ok(decided) : checkPlace(tx, decided);
}

/** Whether a person stays what they were in the household where they were. */
const isSettled = (before: Resident | undefined, after: Resident): boolean =>
  before?.status === 'resident' &&
  before.householdNumber === after.householdNumber &&
  before.relationship === after.relationship;

type Place = Pick<Resident, 'householdNumber' | 'relationship'>;

function withHousehold(decided: Decided, place: Place): Decided {
  const { householdNumber, relationship } = place;
  const after = { ...decided.decision.after, householdNumber, relationship };
  return { ...decided, decision: { ...decided.decision, after } };
}

/** A relationship that there is, and one head at the most. */
async function checkPlace(tx: Tx, decided: Decided): Promise<Result<Decided, SettleFailure>> {
  const { before, decision } = decided;
  const { after } = decision;
  if (!isRelationship(after.relationship))
    return fail('relationship-unknown', 'the register has no such relationship');
  const others = await othersOf(tx, after);
  const hasHead = others.some(({ relationship }) => relationship === HEAD);
  if (after.relationship === HEAD)
    return hasHead ? fail('household-has-head', 'the household has a head already') : ok(decided);
  // nobody leaves the headship by saying so: the household act says who has it then
  const wasHead = before?.status === 'resident' && before.relationship === HEAD;
  if (wasHead && before.householdNumber === after.householdNumber)
    return fail('relationship-unknown', 'a head stays head; another head is declared by a household act');
  // to nobody can one be related
  return ok(others.length > 0 ? decided : withHousehold(decided, { ...after, relationship: HEAD }));
}

async function othersOf(tx: Tx, resident: Resident): Promise<readonly Resident[]> {
  const members = await listHousehold(tx, resident.municipality, resident.householdNumber);
  return members.filter(({ residentNumber }) => residentNumber !== resident.residentNumber);
}

/**
 * An undo gives the household back only where the event had changed it, and only if nobody has decided on the households
 * since: then those acts are undone first.
 */
async function settleUndo(
  tx: Tx,
  municipality: string,
  decided: Decided,
  before: Resident,
  undoes: number,
): Promise<Result<Settled, SettleFailure>> {
  const { residentNumber } = before;
  const event = await placesOfEvent(tx, before, undoes);
  if (event.isUnchanged && before.status === 'resident') return ok(withHousehold(decided, before));
  if (!event.isUnchanged && !isAt(before, event.after)) return changedSince();
  const follower = await findStandingAct(tx, municipality, { cause: { residentNumber, sequence: undoes } });
  if (follower) {
    const members = await membersOfAct(tx, municipality, follower);
    const stillThere = members.filter((member) => member.residentNumber !== residentNumber);
    if (!isAsLeft(follower, stillThere)) return changedSince();
    return ok({ ...decided, takesBack: follower });
  }
  return checkPlace(tx, decided);
}

const changedSince = () =>
  fail('household-changed-since', 'the household was changed after the event; undo that first');

const isAt = (one: Place, other: Place): boolean =>
  one.householdNumber === other.householdNumber && one.relationship === other.relationship;

/** Where an event had put the person, and whether that was where they had been. */
async function placesOfEvent(
  tx: Tx,
  { municipality, residentNumber }: Resident,
  sequence: number,
): Promise<{ readonly after: Place; readonly isUnchanged: boolean }> {
  const [row] = await tx<{ before: Place | null; after: Place }[]>`
    SELECT before, after FROM registry.municipal_event
    WHERE municipality_code = ${municipality} AND resident_number = ${residentNumber} AND sequence = ${sequence}`;
  if (!row) throw new Error('an event that is undone is not there');
  return { after: row.after, isUnchanged: row.before !== null && isAt(row.before, row.after) };
}
