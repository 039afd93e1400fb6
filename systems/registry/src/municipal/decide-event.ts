/**
 * Brings an event of the counter together with the record that it is about, and lets the reason's own rule decide
 * (events/). What the rules cannot know is asked here: wards, households, codes and numbers of new records, the event
 * that still stands. Callers run inside the transaction that writes what was decided.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { currentCodes } from '../codes/retired-codes.ts';
import { type AliasChange, decideAliasChange } from '../events/alias-change.ts';
import { type Birth, decideBirth } from '../events/birth.ts';
import { type CodeChange, decideCodeChange, type ExOfficioCodeChange } from '../events/code-change.ts';
import { type Death, decideDeath } from '../events/death.ts';
import { decideExOfficioCorrection, type ExOfficioCorrection } from '../events/ex-officio-correction.ts';
import { decideExOfficioEntry, type ExOfficioEntry } from '../events/ex-officio-entry.ts';
import { decideExOfficioRemoval, type ExOfficioRemoval } from '../events/ex-officio-removal.ts';
import { decideFormerSurnameChange, type FormerSurnameChange } from '../events/former-surname-change.ts';
import { decideMinorCorrection, type MinorCorrection } from '../events/minor-correction.ts';
import { decideMoveIn, type MoveIn, type NewRecord } from '../events/move-in.ts';
import { decideMoveOut, type MoveOut } from '../events/move-out.ts';
import { decideMoveWithin, type MoveWithin } from '../events/move-within.ts';
import type { Decision, EventFailure } from '../events/resident-event.ts';
import { decideUndo, type Undo } from '../events/undo.ts';
import { parseResidentCode } from '../identity/resident-code.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { takeFreeCodes } from './free-codes.ts';
import { isToldToBeAnothers } from './residence-conflicts.ts';
import type { Resident } from './resident.ts';
import { findResidentForUpdate } from './resident-store.ts';
import { findStandingEvent, isNeverEntered } from './standing-event.ts';

export type CounterEvent =
  | MoveIn
  | Birth
  | MoveWithin
  | MinorCorrection
  | MoveOut
  | Death
  | ExOfficioEntry
  | ExOfficioRemoval
  | ExOfficioCorrection
  | AliasChange
  | FormerSurnameChange
  | CodeChange
  | ExOfficioCodeChange
  | Undo;

type Entry = MoveIn | ExOfficioEntry;

export type DecideFailure =
  | EventFailure
  | 'resident-codes-exhausted'
  | 'move-planned'
  | 'residence-conflict-open';

export interface Decided {
  readonly before: Resident | undefined;
  readonly decision: Decision;
}

/** Waits until no other transaction has the key, and keeps it until this one ends. */
export async function takeTurns(tx: Tx, key: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}

/** Decides an event on the record as it stands, which stays locked; takes a code and a number where it makes a record. */
export async function decideEvent(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  event: CounterEvent,
): Promise<Result<Decided, DecideFailure>> {
  const today = dateInTokyo(context.clock.now());
  if (event.reason === 'birth') return decideNewborn(tx, municipality, event, today);
  if (event.reason === 'move-in' || event.reason === 'ex-officio-entry')
    return decideArrival(tx, context, municipality, event, today);
  const before = await findResidentForUpdate(tx, municipality, event.residentCode);
  if (event.reason === 'resident-code-change' || event.reason === 'ex-officio-code-change')
    return decideNewCode(tx, municipality, before, event, today);
  if (event.reason === 'undo') {
    const last = before && (await findStandingEvent(tx, before));
    const decision = decideUndo(before, last, event, today);
    return decision.ok ? ok({ before, decision: decision.value }) : decision;
  }
  if (event.reason === 'move-within' || event.reason === 'ex-officio-correction') {
    const ward = event.address?.wardCode;
    if (ward !== undefined && !wardFits(context, municipality, ward, event.eventDate)) return wardUnknown();
  }
  if (event.reason === 'move-within') {
    if (!(await householdExists(tx, municipality, event.householdNumber))) return householdNotFound();
  }
  const decision = decideChange(before, event, today);
  return decision.ok ? ok({ before, decision: decision.value }) : decision;
}

function decideChange(
  before: Resident | undefined,
  event: Exclude<CounterEvent, Birth | Entry | Undo | CodeChange | ExOfficioCodeChange>,
  today: IsoDate,
): Result<Decision, EventFailure> {
  switch (event.reason) {
    case 'move-within':
      return decideMoveWithin(before, event, today);
    case 'minor-correction':
      return decideMinorCorrection(before, event, today);
    case 'move-out':
      return decideMoveOut(before, event, today);
    case 'death':
      return decideDeath(before, event, today);
    case 'alias-change':
      return decideAliasChange(before, event, today);
    case 'former-surname-change':
      return decideFormerSurnameChange(before, event, today);
    case 'ex-officio-removal':
      return decideExOfficioRemoval(before, event, today);
    case 'ex-officio-correction':
      return decideExOfficioCorrection(before, event, today);
  }
}

function wardFits(
  context: RegistryContext,
  municipality: string,
  wardCode: string | null,
  on: IsoDate,
): boolean {
  const wards = context.municipalities.wardsOf(municipality, on);
  return wardCode === null ? wards.length === 0 : wards.some((ward) => ward.code === wardCode);
}

async function decideNewCode(
  tx: Tx,
  municipality: string,
  before: Resident | undefined,
  event: CodeChange | ExOfficioCodeChange,
  today: IsoDate,
): Promise<Result<Decided, DecideFailure>> {
  const rehearsal = decideCodeChange(before, event, '', today);
  if (!rehearsal.ok) return rehearsal;
  // what was told of the move names the code: another municipality would enter the person under a used-up one
  if (await hasPlannedMove(tx, municipality, event.residentCode))
    return fail(
      'move-planned',
      'a move-out is planned under this code; cancel it, or change the code afterwards',
    );
  if (await isToldToBeAnothers(tx, municipality, event.residentCode))
    return fail(
      'residence-conflict-open',
      'the code is another person’s, as an upper site says: undo the entry and record it again',
    );
  const [newCode] = await takeFreeCodes(tx, municipality, 1);
  if (newCode === undefined) return codesExhausted();
  const decision = decideCodeChange(before, event, newCode, today);
  return decision.ok ? ok({ before, decision: decision.value }) : decision;
}

async function decideNewborn(
  tx: Tx,
  municipality: string,
  event: Birth,
  today: IsoDate,
): Promise<Result<Decided, DecideFailure>> {
  const parent = await findResidentForUpdate(tx, municipality, event.parentResidentCode);
  const rehearsal = decideBirth(parent, event, placeholder(municipality), today);
  if (!rehearsal.ok) return rehearsal;
  const [residentCode] = await takeFreeCodes(tx, municipality, 1);
  if (residentCode === undefined) return codesExhausted();
  const residentNumber = await nextResidentNumber(tx);
  const decision = decideBirth(parent, event, { municipality, residentNumber, residentCode }, today);
  return decision.ok ? ok({ before: undefined, decision: decision.value }) : decision;
}

async function decideArrival(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  event: Entry,
  today: IsoDate,
): Promise<Result<Decided, DecideFailure>> {
  if (!wardFits(context, municipality, event.address.wardCode, event.eventDate)) return wardUnknown();
  if (event.residentCode !== null) {
    const parsed = parseResidentCode(event.residentCode);
    if (!parsed.ok) return parsed;
    // who has no record here has no row to lock: two counters that enter one person take turns by the code
    await takeTurns(tx, `${municipality} resident ${event.residentCode}`);
    const { size } = await currentCodes(tx, municipalSite(municipality), [event.residentCode]);
    if (size > 0) return fail('resident-code-retired', 'the person of this code has another one by now');
  }
  const before =
    event.residentCode === null
      ? undefined
      : await findResidentForUpdate(tx, municipality, event.residentCode);
  if (!(await householdExists(tx, municipality, event.joins?.householdNumber))) return householdNotFound();
  const isUndone = before !== undefined && (await isNeverEntered(tx, before));
  const nobody = { ...placeholder(municipality), isNeverEntered: isUndone };
  const rehearsal = decideEntry(nobody, before, event, today);
  if (!rehearsal.ok) return rehearsal;
  // a new code only where the person has none from before (住民基本台帳法施行令 art. 30-2)
  const residentCode = event.residentCode ?? (await takeFreeCodes(tx, municipality, 1))[0];
  if (residentCode === undefined) return codesExhausted();
  const residentNumber = await nextResidentNumber(tx);
  const fresh = { ...nobody, residentNumber, residentCode, householdNumber: residentNumber };
  const decision = decideEntry(fresh, before, event, today);
  return decision.ok ? ok({ before, decision: decision.value }) : decision;
}

function decideEntry(
  fresh: NewRecord,
  before: Resident | undefined,
  event: Entry,
  today: IsoDate,
): Result<Decision, EventFailure> {
  return event.reason === 'move-in'
    ? decideMoveIn(fresh)(before, event, today)
    : decideExOfficioEntry(fresh)(before, event, today);
}

/** Stands in for the numbers of a record while it is only decided whether there will be one. */
function placeholder(municipality: string) {
  return { municipality, residentNumber: '', residentCode: '', householdNumber: '' };
}

const codesExhausted = () =>
  fail('resident-codes-exhausted', 'no resident code is in store; more are on their way, try again');

const wardUnknown = () => fail('ward-unknown', 'the ward does not belong to this municipality on that date');
const householdNotFound = () => fail('household-not-found', 'there is no such household here');

/** Whether somebody has declared a move-out that has neither happened nor been cancelled. */
async function hasPlannedMove(tx: Tx, municipality: string, residentCode: string): Promise<boolean> {
  const [row] = await tx`
    SELECT 1 FROM registry.municipal_planned_mover
    WHERE municipality_code = ${municipality} AND resident_code = ${residentCode} AND state IN ('planned', 'expired')`;
  return row !== undefined;
}

/** Whether a household that is to be joined is there; nothing is to be checked where none is. */
async function householdExists(
  tx: Tx,
  municipality: string,
  householdNumber: string | undefined,
): Promise<boolean> {
  if (householdNumber === undefined) return true;
  const [row] = await tx`
    SELECT 1 FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND household_number = ${householdNumber} AND status = 'resident'
    LIMIT 1`;
  return row !== undefined;
}

async function nextResidentNumber(tx: Tx): Promise<string> {
  const [row] = await tx<
    { number: number }[]
  >`SELECT nextval('registry.municipal_resident_number') AS number`;
  if (!row) throw new Error('the sequence of resident numbers gave nothing');
  return String(row.number);
}
