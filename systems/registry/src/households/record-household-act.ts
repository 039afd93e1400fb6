/**
 * One act on households at the counter: everybody in the households touched is locked, the rule decides, and the act, the
 * records and a ledger entry for each person are written in one transaction. Nothing is sent: a household is the
 * municipality's own and no tier knows of it (住民基本台帳法 art. 30-6 names what climbs). Flow: docs/flows/households.md.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { requireEventDate } from '../events/guards.ts';
import { takeTurns } from '../municipal/decide-event.ts';
import { requestDigest } from '../municipal/recorded-request.ts';
import type { Resident } from '../municipal/resident.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { decideHouseholdAct } from './decide-household-act.ts';
import type { HouseholdAct, HouseholdChange, HouseholdFailure, HouseholdUndo } from './household-act.ts';
import {
  findStandingAct,
  isAsLeft,
  type MemberMove,
  membersOfAct,
  nextHouseholdNumber,
  personsForUpdate,
  reversed,
  storeAct,
  takeHouseholdTurns,
} from './household-store.ts';

export interface RecordedAct {
  readonly actNumber: number;
  readonly kind: HouseholdAct['kind'];
  readonly eventDate: IsoDate;
  /** Where everybody of the households touched is after the act, by the municipality's number of a person. */
  readonly members: readonly {
    readonly residentNumber: string;
    readonly householdNumber: string;
    readonly relationship: string;
  }[];
}

export type HouseholdActFailure = HouseholdFailure | 'request-id-reused';

interface DecidedAct {
  readonly persons: readonly Resident[];
  readonly moves: readonly MemberMove[];
}

/** Records a household act at a municipality's counter; the same request id is recorded once. */
export function recordHouseholdAct(
  context: RegistryContext,
  municipality: string,
  access: Access,
  requestId: string,
  act: HouseholdAct,
): Promise<Result<RecordedAct, HouseholdActFailure>> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site }, async (tx) => {
    await takeTurns(tx, `${municipality} household-act ${requestId}`);
    const earlier = await findRecordedAct(tx, municipality, requestId, act);
    if (earlier) return earlier;
    const today = dateInTokyo(context.clock.now());
    const decided =
      act.kind === 'undo'
        ? await decideUndo(tx, municipality, act, today)
        : await decideChange(tx, municipality, act, today);
    const named = act.kind === 'undo' ? [] : codesOf(act);
    const subjects = decided.ok ? decided.value.persons.map(({ residentCode }) => residentCode) : named;
    await recordEntries(
      tx,
      (subjects.length > 0 ? subjects : [null]).map((subject) => ({
        site,
        at: context.clock.now(),
        ...access,
        subject: subject === null ? null : context.pseudonyms.of(site, subject),
        fields: ['household', act.kind],
        result: decided.ok ? 'ok' : decided.failure.code,
      })),
    );
    if (!decided.ok) return decided;
    const { moves } = decided.value;
    const actNumber = await storeAct(
      tx,
      municipality,
      { kind: act.kind, eventDate: act.eventDate, at: context.clock.now() },
      {
        requestId,
        requestDigest: requestDigest(tx, act),
        cause: null,
        undoes: act.kind === 'undo' ? act.undoes : null,
      },
      moves,
    );
    return ok(recordedOf(actNumber, act, moves));
  });
}

const codesOf = (act: HouseholdChange): readonly string[] => [
  ...new Set(act.households.flatMap(({ members }) => members.map(({ residentCode }) => residentCode))),
];

async function decideChange(
  tx: Tx,
  municipality: string,
  act: HouseholdChange,
  today: IsoDate,
): Promise<Result<DecidedAct, HouseholdFailure>> {
  const codes = codesOf(act);
  const named = act.households.flatMap(({ householdNumber }) => householdNumber ?? []);
  const numbers = await takeHouseholdTurns(tx, municipality, codes, named);
  const persons = await personsForUpdate(tx, municipality, codes, numbers);
  // somebody may have changed households while this waited: the members of the one they are in now were not locked
  const current = persons.filter(({ status }) => status === 'resident');
  if (current.some(({ householdNumber }) => !numbers.includes(householdNumber)))
    return fail('households-changed-since', 'the households were changed at the same moment; look again');
  const decided = decideHouseholdAct(persons, act, today);
  if (!decided.ok) return decided;
  const isFresh = decided.value.some(({ householdNumber }) => householdNumber === null);
  const fresh = isFresh ? await nextHouseholdNumber(tx) : '';
  return ok({
    persons: decided.value.map(({ before }) => before),
    moves: decided.value.map(({ before, householdNumber, relationship }) => ({
      residentNumber: before.residentNumber,
      householdBefore: before.householdNumber,
      relationshipBefore: before.relationship,
      householdAfter: householdNumber ?? fresh,
      relationshipAfter: relationship,
    })),
  });
}

async function decideUndo(
  tx: Tx,
  municipality: string,
  act: HouseholdUndo,
  today: IsoDate,
): Promise<Result<DecidedAct, HouseholdFailure>> {
  const dated = requireEventDate(act.eventDate, today);
  if (!dated.ok)
    return fail(
      dated.failure.code === 'event-in-the-future' ? 'event-in-the-future' : 'event-date-invalid',
      dated.failure.detail,
    );
  const standing = await findStandingAct(tx, municipality, { actNumber: act.undoes });
  if (!standing) return fail('act-not-found', 'there is no such act, or it is undone already');
  if (standing.followsEvent)
    return fail('act-follows-event', 'the act followed from an event: it goes when the event is undone');
  const persons = await membersOfAct(tx, municipality, standing);
  // asked again now that the households are held: another undo may have been first
  const again = await findStandingAct(tx, municipality, { actNumber: act.undoes });
  if (!again || !isAsLeft(standing, persons))
    return fail('households-changed-since', 'the households are not as the act left them');
  return ok({ persons, moves: reversed(standing) });
}

function recordedOf(actNumber: number, act: HouseholdAct, moves: readonly MemberMove[]): RecordedAct {
  return {
    actNumber,
    kind: act.kind,
    eventDate: act.eventDate,
    members: moves
      .map(({ residentNumber, householdAfter, relationshipAfter }) => ({
        residentNumber,
        householdNumber: householdAfter,
        relationship: relationshipAfter,
      }))
      .sort((one, other) => (one.residentNumber < other.residentNumber ? -1 : 1)),
  };
}

async function findRecordedAct(
  tx: Tx,
  municipality: string,
  requestId: string,
  act: HouseholdAct,
): Promise<Result<RecordedAct, 'request-id-reused'> | undefined> {
  const [row] = await tx<{ actNumber: number; isSame: boolean; members: MemberMove[] }[]>`
    SELECT a.act_number AS "actNumber", a.request_sha256 = ${requestDigest(tx, act)} AS "isSame",
      (SELECT jsonb_agg(jsonb_build_object('residentNumber', m.resident_number,
          'householdBefore', m.household_before, 'relationshipBefore', m.relationship_before,
          'householdAfter', m.household_after, 'relationshipAfter', m.relationship_after))
        FROM registry.municipal_household_act_member m
        WHERE m.municipality_code = a.municipality_code AND m.act_number = a.act_number) AS members
    FROM registry.municipal_household_act a
    WHERE a.municipality_code = ${municipality} AND a.request_id = ${requestId}`;
  if (!row) return undefined;
  return row.isSame
    ? ok(recordedOf(row.actNumber, act, row.members))
    : fail('request-id-reused', 'this request id was used for another act');
}
