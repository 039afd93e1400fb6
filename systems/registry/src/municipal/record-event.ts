/**
 * One act at the counter: the record is locked, the reason's own rule decides, and record, event, ledger entry and
 * notices are written in one transaction. A refusal changes nothing and is a ledger entry too. The same request id is
 * recorded once. Flow: docs/flows/life.md steps 3 and 8.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPersonText } from '@ishizue/text';
import type { Access } from '../access.ts';
import { type Birth, decideBirth } from '../events/birth.ts';
import { type Death, decideDeath } from '../events/death.ts';
import { decideMinorCorrection, type MinorCorrection } from '../events/minor-correction.ts';
import { decideMoveIn, type MoveIn } from '../events/move-in.ts';
import { decideMoveOut, type MoveOut } from '../events/move-out.ts';
import { decideMoveWithin, type MoveWithin } from '../events/move-within.ts';
import type { Decision, EventFailure } from '../events/resident-event.ts';
import type { EventReason } from '../identity/event-reason.ts';
import { parseResidentCode } from '../identity/resident-code.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { refillCodes, takeFreeCodes } from './free-codes.ts';
import { noticesOf } from './notices.ts';
import { findRecorded, type RecordedEvent, requestDigest } from './recorded-request.ts';
import type { Resident } from './resident.ts';
import { findResidentForUpdate, storeResident } from './resident-store.ts';

export type CounterEvent = MoveIn | Birth | MoveWithin | MinorCorrection | MoveOut | Death;

export type RecordFailure = EventFailure | 'resident-codes-exhausted' | 'request-id-reused';

interface Decided {
  readonly before: Resident | undefined;
  readonly decision: Decision;
}

/** Records an event at a municipality's counter. */
export async function recordEvent(
  context: RegistryContext,
  municipality: string,
  access: Access,
  requestId: string,
  event: CounterEvent,
): Promise<Result<RecordedEvent, RecordFailure>> {
  const result = await inTransaction(context.sql, { site: municipalSite(municipality) }, async (tx) => {
    const recorded = await recordOnce(tx, context, municipality, access, requestId, event);
    if (!recorded.ok) await recordRefusal(tx, context, municipality, access, event, recorded.failure.code);
    return recorded;
  });
  context.wake();
  return result;
}

async function recordOnce(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  access: Access,
  requestId: string,
  event: CounterEvent,
): Promise<Result<RecordedEvent, RecordFailure>> {
  const clean = checkTexts(event);
  if (!clean.ok) return clean;
  // two copies of one request take turns; the second finds what the first recorded
  await takeTurns(tx, `${municipality} ${requestId}`);
  const earlier = await findRecorded(tx, municipality, requestId, event);
  if (earlier) return earlier;
  const decided = await decide(tx, context, municipality, event);
  if (!decided.ok) return decided;
  return ok(await write(tx, context, access, requestId, event, decided.value));
}

/** Waits until no other transaction has the key, and keeps it until this one ends. */
async function takeTurns(tx: Tx, key: string): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}

/** Every text of an event, however deep. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

function checkTexts(event: CounterEvent): Result<undefined, RecordFailure> {
  for (const text of textsOf(event)) {
    const checked = checkPersonText(text, 400);
    if (!checked.ok) return fail('text-refused', checked.failure.detail);
  }
  return ok(undefined);
}

async function decide(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  event: CounterEvent,
): Promise<Result<Decided, RecordFailure>> {
  const today = dateInTokyo(context.clock.now());
  if (event.reason === 'birth') return decideNewborn(tx, municipality, event, today);
  if (event.reason === 'move-in') return decideArrival(tx, context, municipality, event, today);
  const before = await findResidentForUpdate(tx, municipality, event.residentCode);
  if (event.reason === 'move-within') {
    if (!wardFits(context, municipality, event.address.wardCode, event.eventDate)) return wardUnknown();
    if (!(await householdExists(tx, municipality, event.householdNumber))) return householdNotFound();
  }
  const decision = decideChange(before, event, today);
  return decision.ok ? ok({ before, decision: decision.value }) : decision;
}

function decideChange(
  before: Resident | undefined,
  event: Exclude<CounterEvent, Birth | MoveIn>,
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

async function decideNewborn(
  tx: Tx,
  municipality: string,
  event: Birth,
  today: IsoDate,
): Promise<Result<Decided, RecordFailure>> {
  const parent = await findResidentForUpdate(tx, municipality, event.parentResidentCode);
  const rehearsal = decideBirth(parent, event, placeholder(municipality), today);
  if (!rehearsal.ok) return rehearsal;
  const [residentCode] = await takeFreeCodes(tx, municipality, 1);
  if (residentCode === undefined) return codesExhausted();
  const residentNumber = await nextResidentNumber(tx, municipality);
  const decision = decideBirth(parent, event, { municipality, residentNumber, residentCode }, today);
  return decision.ok ? ok({ before: undefined, decision: decision.value }) : decision;
}

async function decideArrival(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  event: MoveIn,
  today: IsoDate,
): Promise<Result<Decided, RecordFailure>> {
  if (!wardFits(context, municipality, event.address.wardCode, event.eventDate)) return wardUnknown();
  if (event.residentCode !== null) {
    const parsed = parseResidentCode(event.residentCode);
    if (!parsed.ok) return parsed;
    // who has no record here has no row to lock: two counters that enter one person take turns by the code
    await takeTurns(tx, `${municipality} resident ${event.residentCode}`);
  }
  const before =
    event.residentCode === null
      ? undefined
      : await findResidentForUpdate(tx, municipality, event.residentCode);
  if (!(await householdExists(tx, municipality, event.joins?.householdNumber))) return householdNotFound();
  const rehearsal = decideMoveIn(placeholder(municipality))(before, event, today);
  if (!rehearsal.ok) return rehearsal;
  // a new code only where the person has none from before (住民基本台帳法施行令 art. 30-2)
  const residentCode = event.residentCode ?? (await takeFreeCodes(tx, municipality, 1))[0];
  if (residentCode === undefined) return codesExhausted();
  const residentNumber = await nextResidentNumber(tx, municipality);
  const fresh = { municipality, residentNumber, residentCode, householdNumber: residentNumber };
  const decision = decideMoveIn(fresh)(before, event, today);
  return decision.ok ? ok({ before, decision: decision.value }) : decision;
}

/** Stands in for the numbers of a record while it is only decided whether there will be one. */
function placeholder(municipality: string) {
  return { municipality, residentNumber: '', residentCode: '', householdNumber: '' };
}

const codesExhausted = () =>
  fail('resident-codes-exhausted', 'no resident code is in store; more are on their way, try again');

const wardUnknown = () => fail('ward-unknown', 'the ward does not belong to this municipality on that date');
const householdNotFound = () => fail('household-not-found', 'there is no such household here');

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

const FIRST_COUNTER_NUMBER = 900_000_000; // beyond what loaded registers bring

async function nextResidentNumber(tx: Tx, municipality: string): Promise<string> {
  const [row] = await tx<{ number: number }[]>`
    INSERT INTO registry.municipal_counter (municipality_code, last_resident_number)
    VALUES (${municipality}, ${FIRST_COUNTER_NUMBER + 1})
    ON CONFLICT (municipality_code) DO UPDATE SET last_resident_number =
      greatest(municipal_counter.last_resident_number, ${FIRST_COUNTER_NUMBER}) + 1
    RETURNING last_resident_number AS number`;
  if (!row) throw new Error('the counter of resident numbers gave nothing');
  return String(row.number);
}

async function write(
  tx: Tx,
  context: RegistryContext,
  access: Access,
  requestId: string,
  event: CounterEvent,
  { before, decision }: Decided,
): Promise<RecordedEvent> {
  const after: Resident = { ...decision.after, sequence: decision.after.sequence + 1 };
  const { municipality, residentNumber, residentCode, sequence } = after;
  await storeResident(tx, after);
  await tx`
    INSERT INTO registry.municipal_event
      (municipality_code, resident_number, sequence, reason, event_date, recorded_at, request_id, request_sha256,
       before, after)
    VALUES (${municipality}, ${residentNumber}, ${sequence}, ${decision.reason}, ${decision.eventDate},
      ${new Date(context.clock.now())}, ${requestId}, ${requestDigest(tx, event)},
      ${before ? tx.json({ ...before }) : null}, ${tx.json({ ...after })})`;
  await recordEntries(tx, [entryOf(context, municipality, access, residentCode, decision.reason, 'ok')]);
  const refill = await refillCodes(tx, municipality);
  await sendAll(tx, [...noticesOf(context, after, decision.reason, decision.eventDate), ...refill]);
  return { residentCode, residentNumber, sequence, reason: decision.reason, eventDate: decision.eventDate };
}

/** The refusal's ledger entry; where codes have run out, also the request for more. */
async function recordRefusal(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  access: Access,
  event: CounterEvent,
  code: string,
): Promise<void> {
  const residentCode = event.reason === 'birth' ? event.parentResidentCode : event.residentCode;
  await recordEntries(tx, [entryOf(context, municipality, access, residentCode ?? '', event.reason, code)]);
  if (code === 'resident-codes-exhausted') await sendAll(tx, await refillCodes(tx, municipality));
}

function entryOf(
  context: RegistryContext,
  municipality: string,
  access: Access,
  residentCode: string,
  reason: EventReason,
  result: string,
): LedgerEntry {
  const site = municipalSite(municipality);
  return {
    site,
    at: context.clock.now(),
    ...access,
    subject: context.pseudonyms.of(site, residentCode),
    fields: ['resident-record', reason],
    result,
  };
}
