/** Families for the tests of households: moved in at one address, by the events that really bring them. */
import { mustSucceed } from '@ishizue/outcome';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { KIYOSE, type TestCountry, testAccess } from '../testing/index.ts';
import { moveInWith } from '../testing/samples.ts';
import type { HouseholdAct, HouseholdChange } from './household-act.ts';
import { recordHouseholdAct } from './record-household-act.ts';

let requests = 0;
export const anotherRequest = (): string => `household-request-${++requests}`;

/** Records an event, and waits until all sites know of it. */
export async function record(country: TestCountry, event: CounterEvent) {
  const recorded = await recordEvent(country.context, KIYOSE, testAccess, anotherRequest(), event);
  await country.settle();
  return recorded;
}

/** The code of an event's refusal, or `ok`. */
export async function codeOf(country: TestCountry, event: CounterEvent): Promise<string> {
  const recorded = await record(country, event);
  return recorded.ok ? 'ok' : recorded.failure.code;
}

export const perform = (country: TestCountry, act: HouseholdAct, requestId = anotherRequest()) =>
  recordHouseholdAct(country.context, KIYOSE, testAccess, requestId, act);

/** The code of an act's refusal, or `ok`. */
export async function actCode(country: TestCountry, act: HouseholdAct, requestId?: string): Promise<string> {
  const performed = await perform(country, act, requestId);
  return performed.ok ? 'ok' : performed.failure.code;
}

/** A family that has moved in: resident codes in the order of the relationships, the head first. */
export async function moveInFamily(
  country: TestCountry,
  relationships: readonly string[],
): Promise<{ readonly householdNumber: string; readonly codes: readonly string[] }> {
  const head = mustSucceed(await record(country, moveInWith({ eventDate: '2026-10-01' })), 'the head');
  // a household that a move-in makes has its first member's number
  const householdNumber = head.residentNumber;
  const codes = [head.residentCode];
  for (const relationship of relationships) {
    const joins = { householdNumber, relationship };
    const member = await record(country, moveInWith({ eventDate: '2026-10-01', joins }));
    codes.push(mustSucceed(member, relationship).residentCode);
  }
  await country.settle();
  return { householdNumber, codes };
}

/** An act of today in few words: each household with code and relationship of its members. */
export const actOf = (
  kind: HouseholdChange['kind'],
  ...households: readonly (readonly [string | null, readonly (readonly [string, string])[]])[]
): HouseholdChange => ({
  kind,
  eventDate: '2026-11-20',
  households: households.map(([householdNumber, members]) => ({
    householdNumber,
    members: members.map(([residentCode, relationship]) => ({ residentCode, relationship })),
  })),
});
