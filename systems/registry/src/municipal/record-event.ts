/**
 * One act at the counter: the record is locked, the reason's own rule decides, and record, event, ledger entry and
 * notices are written in one transaction. A refusal changes nothing and is a ledger entry too. The same request id is
 * recorded once. Flow: docs/flows/life.md steps 3 and 8.
 */
import { inOneTrip, inTransaction, type Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { type AddressedMessage, sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPersonText } from '@ishizue/text';
import type { Access } from '../access.ts';
import { followEvent } from '../households/follow-event.ts';
import {
  type Settled,
  type SettleFailure,
  settleHousehold,
  takeTurnsOf,
} from '../households/settle-household.ts';
import type { EventReason } from '../identity/event-reason.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { changeCode } from './change-code.ts';
import { type CounterEvent, type DecideFailure, decideEvent, takeTurns } from './decide-event.ts';
import { refillCodes } from './free-codes.ts';
import { noticesOf } from './notices.ts';
import { findRecorded, type RecordedEvent, requestDigest } from './recorded-request.ts';
import type { Resident } from './resident.ts';
import { storeResident } from './resident-store.ts';
import { setRetention } from './retention.ts';

export type RecordFailure = DecideFailure | SettleFailure | 'request-id-reused';

/** Records an event at a municipality's counter. */
export async function recordEvent(
  context: RegistryContext,
  municipality: string,
  access: Access,
  requestId: string,
  event: CounterEvent,
): Promise<Result<RecordedEvent, RecordFailure>> {
  const result = await inTransaction(context.sql, { site: municipalSite(municipality) }, async (tx) => {
    const recorded = await recordUnsent(tx, context, municipality, access, requestId, event);
    if (!recorded.ok) {
      await recordRefusal(tx, context, municipality, access, event, recorded.failure.code);
      return recorded;
    }
    await sendAll(tx, recorded.value.notices);
    return ok(recorded.value.recorded);
  });
  context.wake();
  return result;
}

/** An event that is written, and what the caller sends of it as the last statement of its transaction. */
export interface UnsentEvent {
  readonly recorded: RecordedEvent;
  /** None where the request was recorded before. */
  readonly notices: readonly AddressedMessage[];
}

/** Records an event as a part of a larger act. A refusal writes nothing: the caller's own entry tells of it. */
export async function recordUnsent(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  access: Access,
  requestId: string,
  event: CounterEvent,
): Promise<Result<UnsentEvent, RecordFailure>> {
  const clean = checkTexts(event);
  if (!clean.ok) return clean;
  // two copies of one request take turns; the second finds what the first recorded
  const turn = takeTurns(tx, `${municipality} ${requestId}`);
  const finding = findRecorded(tx, municipality, requestId, event);
  await inOneTrip([turn, finding]);
  const earlier = await finding;
  if (earlier) return earlier.ok ? ok({ recorded: earlier.value, notices: [] }) : earlier;
  const held = await takeTurnsOf(tx, municipality, event);
  const decided = await decideEvent(tx, context, municipality, event);
  if (!decided.ok) return decided;
  const settled = await settleHousehold(tx, municipality, event, decided.value, held);
  if (!settled.ok) return settled;
  return ok(await write(tx, context, access, requestId, event, settled.value));
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

async function write(
  tx: Tx,
  context: RegistryContext,
  access: Access,
  requestId: string,
  event: CounterEvent,
  settled: Settled,
): Promise<UnsentEvent> {
  const { before, decision } = settled;
  const after: Resident = { ...decision.after, sequence: decision.after.sequence + 1 };
  const { municipality, residentNumber, residentCode, sequence } = after;
  if (decision.formerCode !== undefined) await changeCode(tx, after, decision.formerCode, decision.eventDate);
  const codes = decision.formerCode === undefined ? [residentCode] : [decision.formerCode, residentCode];
  const refilling = refillCodes(tx, municipality);
  await inOneTrip([
    storeResident(tx, after),
    storeEvent(tx, context, requestId, event, { before, after, decision }),
    ...(before?.status === after.status ? [] : [setRetention(tx, context, after)]),
    recordEntries(
      tx,
      codes.map((code) => entryOf(context, municipality, access, code, decision.reason, 'ok')),
    ),
    refilling,
  ]);
  await followEvent(tx, context, access, settled, after);
  const refill = await refilling;
  const { reason, eventDate } = decision;
  return {
    recorded: { residentCode, residentNumber, sequence, reason, eventDate },
    notices: [...noticesOf(context, after, decision), ...refill],
  };
}

async function storeEvent(
  tx: Tx,
  context: RegistryContext,
  requestId: string,
  event: CounterEvent,
  { before, after, decision }: Pick<Settled, 'before' | 'decision'> & { readonly after: Resident },
): Promise<void> {
  const { municipality, residentNumber, sequence } = after;
  await tx`
    INSERT INTO registry.municipal_event
      (municipality_code, resident_number, sequence, reason, event_date, recorded_at, request_id, request_sha256,
       before, after, undoes, noticed_on)
    VALUES (${municipality}, ${residentNumber}, ${sequence}, ${decision.reason}, ${decision.eventDate},
      ${new Date(context.clock.now())}, ${requestId}, ${requestDigest(tx, event)},
      ${before ? tx.json({ ...before }) : null}, ${tx.json({ ...after })},
      ${decision.undoes ?? null}, ${decision.noticedOn ?? null})`;
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
