/**
 * One act at the counter: the record is locked, the reason's own rule decides, and record, event, ledger entry and
 * notices are written in one transaction. A refusal changes nothing and is a ledger entry too. The same request id is
 * recorded once. Flow: docs/flows/life.md steps 3 and 8.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import { checkPersonText } from '@ishizue/text';
import type { Access } from '../access.ts';
import type { EventReason } from '../identity/event-reason.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { changeCode } from './change-code.ts';
import {
  type CounterEvent,
  type Decided,
  type DecideFailure,
  decideEvent,
  takeTurns,
} from './decide-event.ts';
import { refillCodes } from './free-codes.ts';
import { noticesOf } from './notices.ts';
import { findRecorded, type RecordedEvent, requestDigest } from './recorded-request.ts';
import type { Resident } from './resident.ts';
import { storeResident } from './resident-store.ts';
import { setRetention } from './retention.ts';

export type RecordFailure = DecideFailure | 'request-id-reused';

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
  const decided = await decideEvent(tx, context, municipality, event);
  if (!decided.ok) return decided;
  return ok(await write(tx, context, access, requestId, event, decided.value));
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
  { before, decision }: Decided,
): Promise<RecordedEvent> {
  const after: Resident = { ...decision.after, sequence: decision.after.sequence + 1 };
  const { municipality, residentNumber, residentCode, sequence } = after;
  if (decision.formerCode !== undefined) await changeCode(tx, after, decision.formerCode, decision.eventDate);
  await storeResident(tx, after);
  await tx`
    INSERT INTO registry.municipal_event
      (municipality_code, resident_number, sequence, reason, event_date, recorded_at, request_id, request_sha256,
       before, after, undoes)
    VALUES (${municipality}, ${residentNumber}, ${sequence}, ${decision.reason}, ${decision.eventDate},
      ${new Date(context.clock.now())}, ${requestId}, ${requestDigest(tx, event)},
      ${before ? tx.json({ ...before }) : null}, ${tx.json({ ...after })},
      ${decision.undoes ?? null})`;
  if (before?.status !== after.status) await setRetention(tx, context, after);
  const codes = decision.formerCode === undefined ? [residentCode] : [decision.formerCode, residentCode];
  await recordEntries(
    tx,
    codes.map((code) => entryOf(context, municipality, access, code, decision.reason, 'ok')),
  );
  const refill = await refillCodes(tx, municipality);
  await sendAll(tx, [...noticesOf(context, after, decision), ...refill]);
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
