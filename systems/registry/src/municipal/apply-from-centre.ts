/**
 * What reaches a municipal site from the centre: resident codes for its store, and individual numbers for its records.
 * A number that comes after the person has left is still written into the record that stays (番号法 art. 7).
 */

import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { z } from 'zod';
import { IDENTITY_CHANGED } from '../identity/identity-changed.ts';
import { allocationBody } from '../national/allocate-resident-codes.ts';
import { municipalSite, NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { identityAfter, prefectureLink } from './notices.ts';
import type { Resident } from './resident.ts';
import { residentsByAnyCodeForUpdate } from './residents-by-any-code.ts';

/** The topic under which the numbering centre gives a number to the municipality's register. */
export const INDIVIDUAL_NUMBER_ASSIGNED = 'individual-number-assigned';

const numberAssignedBody = z.strictObject({
  residentCode: z.string().regex(/^\d{11}$/),
  individualNumber: z.string().regex(/^\d{12}$/),
});

/** The handler of `resident-code-allocation`: codes go into the store, and none into it twice. */
export function storeAllocatedCodes(): Handler {
  return async (tx, link, messages) => {
    const failures: (Failure | undefined)[] = [];
    for (const message of messages) {
      const parsed = allocationBody.safeParse(message.body);
      if (
        !parsed.success ||
        link.from !== NATIONAL_SITE ||
        link.to !== municipalSite(parsed.data.municipality)
      ) {
        failures.push({ code: 'allocation-invalid', detail: 'the allocation is not in the agreed form' });
        continue;
      }
      failures.push(undefined);
      const { municipality, requested, residentCodes } = parsed.data;
      await tx`
        INSERT INTO registry.municipal_free_code (municipality_code, resident_code)
        SELECT ${municipality}::text, code FROM unnest(${residentCodes}::text[]) WITH ORDINALITY AS given(code, position)
        -- a load may have brought some before the centre heard of it
        WHERE NOT EXISTS (SELECT FROM registry.municipal_resident r
          WHERE r.municipality_code = ${municipality} AND r.resident_code = code)
        ORDER BY position`;
      await tx`
        UPDATE registry.municipal_counter SET codes_received = codes_received + ${requested}
        WHERE municipality_code = ${municipality}`;
    }
    return failures;
  };
}

/** The handler of `individual-number-assigned`. */
export function recordIndividualNumbers(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice('municipal/'.length);
    const failures: (Failure | undefined)[] = messages.map(() => undefined);
    // by code: a municipality that asked twice is answered twice, perhaps in one envelope
    const assigned = new Map<string, string>();
    const residents = await residentsByAnyCodeForUpdate(
      tx,
      municipality,
      messages.map((message) => message.subject),
    );
    for (const [index, message] of messages.entries()) {
      failures[index] =
        link.from === NATIONAL_SITE ? decideNumber(message.body, residents, assigned) : NOT_FROM_CENTRE;
    }
    await writeNumbers(tx, context, municipality, link, assigned, residents);
    return failures;
  };
}

const NOT_FROM_CENTRE: Failure = {
  code: 'sender-not-centre',
  detail: 'numbers come from the national site only',
};

/** Notes in `assigned` what is to be written; a number that the record has already is nothing new. */
function decideNumber(
  body: unknown,
  residents: ReadonlyMap<string, Resident>,
  assigned: Map<string, string>,
): Failure | undefined {
  const parsed = numberAssignedBody.safeParse(body);
  if (!parsed.success) return { code: 'number-body-invalid', detail: 'the notice is not in the agreed form' };
  const { residentCode, individualNumber } = parsed.data;
  const resident = residents.get(residentCode);
  if (!resident) return { code: 'resident-not-found', detail: 'a number for someone who has no record here' };
  const current = resident.individualNumber ?? assigned.get(resident.residentCode);
  if (current === undefined) assigned.set(resident.residentCode, individualNumber);
  else if (current !== individualNumber)
    return { code: 'number-differs', detail: 'the record has another number' };
  return undefined;
}

async function writeNumbers(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  link: HandlerContext,
  assigned: ReadonlyMap<string, string>,
  residents: ReadonlyMap<string, Resident>,
): Promise<void> {
  if (assigned.size === 0) return;
  const now = context.clock.now();
  const eventDate = dateInTokyo(now);
  const after = [...assigned].map(([residentCode, individualNumber]) => {
    const resident = residents.get(residentCode);
    if (!resident) throw new Error('a decided number lost its record');
    return { ...resident, individualNumber, sequence: resident.sequence + 1 };
  });
  const written = await tx`
    WITH assigned AS (
      SELECT * FROM unnest(${after.map((r) => r.residentCode)}::text[], ${after.map((r) => r.individualNumber)}::text[])
        AS a(resident_code, individual_number)
    ), updated AS (
      UPDATE registry.municipal_resident r
      SET individual_number = a.individual_number, sequence = r.sequence + 1
      FROM assigned a
      WHERE r.municipality_code = ${municipality} AND r.resident_code = a.resident_code
      RETURNING r.resident_number, r.sequence
    )
    INSERT INTO registry.municipal_event
      (municipality_code, resident_number, sequence, reason, event_date, recorded_at, request_id, after)
    SELECT ${municipality}::text, resident_number, sequence, 'number-assigned', ${eventDate}::date, ${new Date(now)}::timestamptz,
      'number-assigned ' || resident_number || ' ' || sequence, '{}'
    FROM updated`;
  if (written.count !== after.length)
    throw new Error('a locked record was not there when its number was written');
  const site = municipalSite(municipality);
  await recordEntries(
    tx,
    after.map((resident) => ({
      site,
      at: now,
      actorKind: 'site' as const,
      actor: link.from,
      terminal: 'link',
      article: '番号法 第8条',
      affair: 'numbering',
      subject: context.pseudonyms.of(site, resident.residentCode),
      fields: ['individual-number'],
      result: 'ok',
      correlation: `${link.link}/${resident.sequence}`,
    })),
  );
  link.send(
    after.map((resident) => ({
      link: prefectureLink(context, municipality),
      subject: resident.residentCode,
      topic: IDENTITY_CHANGED,
      body: identityAfter(context, resident, 'number-assigned', eventDate),
    })),
  );
}
