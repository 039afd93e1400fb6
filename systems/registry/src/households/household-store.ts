/**
 * Households in and out of PostgreSQL. A household is its current members. Who may change its membership takes turns at it
 * first, before any record is locked: events of the register and household acts alike, so neither decides on half a household.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { Resident } from '../municipal/resident.ts';
import { residentColumns } from '../municipal/resident-store.ts';
import type { HouseholdAct } from './household-act.ts';

/** Takes turns at the households of the persons and at those named, in the order of their numbers; answers which. */
export async function takeHouseholdTurns(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
  householdNumbers: readonly string[],
): Promise<readonly string[]> {
  if (residentCodes.length + householdNumbers.length === 0) return [];
  const rows = await tx<{ number: string }[]>`
    SELECT h.number, pg_advisory_xact_lock(hashtextextended(${municipality} || ' household ' || h.number, 0))
    FROM (SELECT number FROM (
        SELECT household_number AS number FROM registry.municipal_resident
        WHERE municipality_code = ${municipality} AND resident_code = ANY(${residentCodes})
        UNION SELECT unnest(${householdNumbers}::text[])) n
      ORDER BY number OFFSET 0) h`;
  return rows.map(({ number }) => number);
}

/** The persons named and all current members of the households, locked in the order of their codes. */
export async function personsForUpdate(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
  householdNumbers: readonly string[],
): Promise<readonly Resident[]> {
  return tx<Resident[]>`
    SELECT ${residentColumns(tx)} FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND (resident_code = ANY(${residentCodes})
      OR (household_number = ANY(${householdNumbers}) AND status = 'resident'))
    ORDER BY resident_code FOR UPDATE`;
}

/** Who stands how, by the municipality's own number of a person. */
export interface MemberMove {
  readonly residentNumber: string;
  readonly householdBefore: string;
  readonly relationshipBefore: string;
  readonly householdAfter: string;
  readonly relationshipAfter: string;
}

/** What an act was asked for by, or what it followed from. */
export interface ActOrigin {
  readonly requestId: string | null;
  /** The digest of the request, as a part of a statement. */
  readonly requestDigest: ReturnType<Tx> | null;
  readonly cause: { readonly residentNumber: string; readonly sequence: number } | null;
  readonly undoes: number | null;
}

/** Writes the act, its members and their records: three statements, however many members; answers the act's number. */
export async function storeAct(
  tx: Tx,
  municipality: string,
  act: {
    readonly kind: HouseholdAct['kind'] | 'sole-member';
    readonly eventDate: IsoDate;
    readonly at: number;
  },
  origin: ActOrigin,
  moves: readonly MemberMove[],
): Promise<number> {
  const [row] = await tx<{ actNumber: number }[]>`
    INSERT INTO registry.municipal_household_act (municipality_code, kind, event_date, recorded_at, request_id,
      request_sha256, cause_resident_number, cause_sequence, undoes)
    VALUES (${municipality}, ${act.kind}, ${act.eventDate}, ${new Date(act.at)}, ${origin.requestId},
      ${origin.requestDigest ?? null}, ${origin.cause?.residentNumber ?? null}, ${origin.cause?.sequence ?? null},
      ${origin.undoes})
    RETURNING act_number AS "actNumber"`;
  if (!row) throw new Error('the act got no number');
  const members = tx`jsonb_to_recordset(${tx.json(moves.map((move) => ({ ...move })))}) AS m("residentNumber" text,
    "householdBefore" text, "relationshipBefore" text, "householdAfter" text, "relationshipAfter" text)`;
  await tx`
    INSERT INTO registry.municipal_household_act_member (municipality_code, act_number, resident_number,
      household_before, relationship_before, household_after, relationship_after)
    SELECT ${municipality}::text, ${row.actNumber}::bigint, m."residentNumber", m."householdBefore",
      m."relationshipBefore", m."householdAfter", m."relationshipAfter" FROM ${members}`;
  await tx`
    UPDATE registry.municipal_resident r
    SET household_number = m."householdAfter", relationship = m."relationshipAfter"
    FROM ${members}
    WHERE r.municipality_code = ${municipality} AND r.resident_number = m."residentNumber"
      AND (r.household_number, r.relationship) IS DISTINCT FROM (m."householdAfter", m."relationshipAfter")`;
  return row.actNumber;
}

/** A number for a new household, from the same sequence as residents' numbers: neither meets the other. */
export async function nextHouseholdNumber(tx: Tx): Promise<string> {
  const [row] = await tx<{ number: string }[]>`
    SELECT nextval('registry.municipal_resident_number')::text AS number`;
  if (!row) throw new Error('the sequence of household numbers gave nothing');
  return row.number;
}

/** An act as it is kept. */
export interface StoredAct {
  readonly actNumber: number;
  readonly followsEvent: boolean;
  readonly moves: readonly MemberMove[];
}

/** An act that nothing has undone, by its number or by the event that it followed from. */
export async function findStandingAct(
  tx: Tx,
  municipality: string,
  sought:
    | { readonly actNumber: number }
    | { readonly cause: { readonly residentNumber: string; readonly sequence: number } },
): Promise<StoredAct | undefined> {
  const which =
    'actNumber' in sought
      ? tx`a.act_number = ${sought.actNumber} AND a.kind <> 'undo'`
      : tx`a.kind = 'sole-member' AND a.cause_resident_number = ${sought.cause.residentNumber}
          AND a.cause_sequence = ${sought.cause.sequence}`;
  const rows = await tx<(MemberMove & { actNumber: number; followsEvent: boolean })[]>`
    SELECT a.act_number AS "actNumber", a.cause_sequence IS NOT NULL AS "followsEvent",
      m.resident_number AS "residentNumber", m.household_before AS "householdBefore",
      m.relationship_before AS "relationshipBefore", m.household_after AS "householdAfter",
      m.relationship_after AS "relationshipAfter"
    FROM registry.municipal_household_act a JOIN registry.municipal_household_act_member m
      USING (municipality_code, act_number)
    WHERE a.municipality_code = ${municipality} AND ${which}
      AND NOT EXISTS (SELECT FROM registry.municipal_household_act u
        WHERE u.municipality_code = a.municipality_code AND u.undoes = a.act_number)`;
  const [first] = rows;
  if (!first) return undefined;
  return {
    actNumber: first.actNumber,
    followsEvent: first.followsEvent,
    moves: rows.map(({ actNumber: _, followsEvent: __, ...move }) => move),
  };
}

/** Takes turns at all households of an act, and answers who lives in them now; locked. */
export async function membersOfAct(
  tx: Tx,
  municipality: string,
  act: StoredAct,
): Promise<readonly Resident[]> {
  const numbers = [
    ...new Set(act.moves.flatMap(({ householdBefore, householdAfter }) => [householdBefore, householdAfter])),
  ];
  await takeHouseholdTurns(tx, municipality, [], numbers);
  return personsForUpdate(tx, municipality, [], numbers);
}

/** Whether the households are as the act left them: the same persons, each where and what it made them. */
export function isAsLeft(act: StoredAct, members: readonly Resident[]): boolean {
  const now = new Map(members.map((member) => [member.residentNumber, member]));
  return (
    now.size === act.moves.length &&
    act.moves.every(({ residentNumber, householdAfter, relationshipAfter }) => {
      const member = now.get(residentNumber);
      return member?.householdNumber === householdAfter && member.relationship === relationshipAfter;
    })
  );
}

/** The moves that take an act back. */
export const reversed = (act: StoredAct): readonly MemberMove[] =>
  act.moves.map((move) => ({
    residentNumber: move.residentNumber,
    householdBefore: move.householdAfter,
    relationshipBefore: move.relationshipAfter,
    householdAfter: move.householdBefore,
    relationshipAfter: move.relationshipBefore,
  }));
