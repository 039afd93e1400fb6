/**
 * The rule of a household act: pure, over all current members of the households that it touches. After it each household
 * has exactly one head and at least one member, and everybody is in one household: whatever the act is called.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { requireCurrent } from '../events/guards.ts';
import type { Resident } from '../municipal/resident.ts';
import type { HouseholdAfter, HouseholdChange, HouseholdFailure } from './household-act.ts';
import { HEAD, isRelationship } from './relationship.ts';

/** One member: the record before, and where they stand after. */
export interface MemberChange {
  readonly before: Resident;
  /** Null: the new household. */
  readonly householdNumber: string | null;
  readonly relationship: string;
}

/**
 * @param persons the records of all who are named, current or not, and all current members of the households touched
 */
export function decideHouseholdAct(
  persons: readonly Resident[],
  act: HouseholdChange,
  today: IsoDate,
): Result<readonly MemberChange[], HouseholdFailure> {
  const changes = readMembers(persons, act, today);
  if (!changes.ok) return changes;
  const heads = checkHeads(act.households);
  if (!heads.ok) return heads;
  const complete = checkComplete(persons, act, changes.value);
  if (!complete.ok) return complete;
  if (!fits(act, changes.value)) return fail('act-does-not-fit', `this is no ${act.kind}`);
  if (!liveTogether(act.households, changes.value))
    return fail('addresses-differ', 'who joins a household lives at its address; a move is recorded first');
  return changes;
}

function readMembers(
  persons: readonly Resident[],
  act: HouseholdChange,
  today: IsoDate,
): Result<readonly MemberChange[], HouseholdFailure> {
  const byCode = new Map(persons.map((person) => [person.residentCode, person]));
  const changes = new Map<string, MemberChange>();
  for (const { householdNumber, members } of act.households)
    for (const { residentCode, relationship } of members) {
      const current = requireCurrent(byCode.get(residentCode), act.eventDate, today);
      if (!current.ok) return narrowed(current.failure);
      if (!isRelationship(relationship))
        return fail('relationship-unknown', 'the register has no such relationship');
      if (changes.has(residentCode))
        return fail('member-named-twice', 'a person is named in two places of the act');
      changes.set(residentCode, { before: current.value, householdNumber, relationship });
    }
  return ok([...changes.values()]);
}

/** The failures that `requireCurrent` has. */
function narrowed({ code, detail }: { readonly code: string; readonly detail: string }) {
  switch (code) {
    case 'resident-not-found':
    case 'resident-not-current':
    case 'event-date-invalid':
    case 'event-in-the-future':
    case 'event-before-birth':
    case 'event-before-entry':
      return fail(code, detail);
    default:
      throw new Error(`a person is refused for ${code}`);
  }
}

function checkHeads(households: readonly HouseholdAfter[]): Result<undefined, HouseholdFailure> {
  for (const { members } of households) {
    const heads = members.filter(({ relationship }) => relationship === HEAD).length;
    if (heads === 0) return fail('household-without-head', 'a household of the act has no head');
    if (heads > 1) return fail('household-with-several-heads', 'a household of the act has several heads');
  }
  return ok(undefined);
}

/** All who live in a household that is named, or that somebody named lives in, are named. */
function checkComplete(
  persons: readonly Resident[],
  act: HouseholdChange,
  changes: readonly MemberChange[],
): Result<undefined, HouseholdFailure> {
  const current = persons.filter(({ status }) => status === 'resident');
  const living = new Set(current.map(({ householdNumber }) => householdNumber));
  const numbers = act.households.flatMap(({ householdNumber }) => householdNumber ?? []);
  if (numbers.some((number) => !living.has(number)))
    return fail('household-not-found', 'there is no such household here');
  const named = new Set(changes.map(({ before }) => before.residentCode));
  return current.every(({ residentCode }) => named.has(residentCode))
    ? ok(undefined)
    : fail('member-not-named', 'somebody of the households touched is not named');
}

const moves = (change: MemberChange): boolean => change.before.householdNumber !== change.householdNumber;

/** Whether the act is what it is called; a household that is named twice is none of them. */
function fits({ kind, households }: HouseholdChange, changes: readonly MemberChange[]): boolean {
  const numbers = households.map(({ householdNumber }) => householdNumber);
  if (new Set(numbers).size < numbers.length) return false;
  const fresh = numbers.filter((number) => number === null).length;
  const sources = new Set(changes.map(({ before }) => before.householdNumber)).size;
  const moved = changes.filter(moves).length;
  const headsMoved = changes.some(
    ({ before, relationship }) => relationship === HEAD && before.relationship !== HEAD,
  );
  const changed = changes.some(({ before, relationship }) => relationship !== before.relationship);
  switch (kind) {
    case 'split':
      return households.length === 2 && fresh === 1 && sources === 1 && moved > 0;
    case 'merge':
      return households.length === 1 && fresh === 0 && sources > 1;
    case 'transfer':
      return households.length === 2 && fresh === 0 && sources === 2 && moved > 0;
    case 'head-change':
      return households.length === 1 && fresh === 0 && sources === 1 && headsMoved;
    case 'relationship-change':
      return households.length === 1 && fresh === 0 && sources === 1 && !headsMoved && changed;
  }
}

/** Whether those who come into a household live where those live who are in it. */
function liveTogether(households: readonly HouseholdAfter[], changes: readonly MemberChange[]): boolean {
  return households.every(({ householdNumber }) => {
    const members = changes.filter((change) => change.householdNumber === householdNumber);
    const places = new Set(members.map(({ before }) => placeOf(before)));
    return places.size === 1 || !members.some(moves);
  });
}

const placeOf = ({ wardCode, town, lot, building }: Resident): string =>
  JSON.stringify([wardCode, town, lot, building]);
