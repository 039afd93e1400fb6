/**
 * Individual numbers from the centre into a municipality's records: the first (番号法 art. 8), and another one where the number was
 * changed (art. 7 (2)). One that comes after the person has left is still written into the record that stays. A change
 * names the number that it replaces; a record with yet another number is left as it is. The centre is told what
 * the records have.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { z } from 'zod';
import { IDENTITY_CHANGED } from '../identity/identity-changed.ts';
import { type SealedNumber, sealedNumber } from '../numbers/number-cipher.ts';
import { municipalSite, NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { identityAfter, prefectureLink } from './notices.ts';
import type { Resident } from './resident.ts';
import { residentsByAnyCodeForUpdate } from './residents-by-any-code.ts';

/** The topic under which the numbering centre gives a number to the municipality's register. */
export const INDIVIDUAL_NUMBER_ASSIGNED = 'individual-number-assigned';
/** The topic under which it gives another number in the place of one. */
export const INDIVIDUAL_NUMBER_CHANGED = 'individual-number-changed';
/** What the municipality tells the centre: the record has the number. */
export const INDIVIDUAL_NUMBER_RECORDED = 'individual-number-recorded';

const residentCode = z.string().regex(/^\d{11}$/);
const assignedBody = z.strictObject({ residentCode, individualNumber: sealedNumber });
const changedBody = z.strictObject({ residentCode, individualNumber: sealedNumber, replaces: sealedNumber });

export const numberRecordedBody = z.strictObject({
  residentCode,
  change: z.enum(['number-assigned', 'number-changed']),
  /** The record had the number already: nothing climbs the tiers. */
  wasThere: z.boolean(),
});

/** A number that a record has now. */
export type NumberRecorded = z.infer<typeof numberRecordedBody>;

interface NumberToRecord {
  readonly residentCode: string;
  readonly individualNumber: SealedNumber;
  /** The number that the record must have now, if it has any; undefined where it must have none. */
  readonly replaces?: SealedNumber;
}

/** The handler of `individual-number-assigned`. */
export const recordIndividualNumbers = (context: RegistryContext): Handler =>
  recordNumbers(context, 'number-assigned', (body) => assignedBody.safeParse(body).data);

/** The handler of `individual-number-changed`. */
export const changeIndividualNumbers = (context: RegistryContext): Handler =>
  recordNumbers(context, 'number-changed', (body) => changedBody.safeParse(body).data);

function recordNumbers(
  context: RegistryContext,
  reason: NumberRecorded['change'],
  parse: (body: unknown) => NumberToRecord | undefined,
): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice('municipal/'.length);
    // by code: a municipality that asked twice is answered twice, perhaps in one envelope
    const written = new Map<string, SealedNumber>();
    const residents = await residentsByAnyCodeForUpdate(
      tx,
      municipality,
      messages.map((message) => message.subject),
    );
    const recorded: NumberRecorded[] = [];
    const failures = messages.map((message) => {
      const wanted = parse(message.body);
      const decided =
        link.from === NATIONAL_SITE ? decideNumber(wanted, residents, written) : NOT_FROM_CENTRE;
      if (typeof decided === 'object') return decided;
      const resident = wanted && residents.get(wanted.residentCode);
      if (!resident) throw new Error('a number was decided that was not read');
      if (decided === 'write') written.set(resident.residentCode, wanted.individualNumber);
      recorded.push({
        residentCode: resident.residentCode, // of now: it may have changed while the number was on its way
        change: reason,
        wasThere: decided === 'there',
      });
      return undefined;
    });
    await writeNumbers(tx, context, municipality, link, { reason, written, residents });
    link.send(
      context.newRecordLinks(municipality).flatMap((centre) =>
        recorded.map((body) => ({
          link: centre,
          subject: body.residentCode,
          topic: INDIVIDUAL_NUMBER_RECORDED,
          body,
        })),
      ),
    );
    return failures;
  };
}

const NOT_FROM_CENTRE: Failure = {
  code: 'sender-not-centre',
  detail: 'numbers come from the national site only',
};

/** `write`: the record is to get it; `there`: it has it already, and nothing is new. */
function decideNumber(
  wanted: NumberToRecord | undefined,
  residents: ReadonlyMap<string, Resident>,
  written: ReadonlyMap<string, SealedNumber>,
): 'write' | 'there' | Failure {
  if (!wanted) return { code: 'number-body-invalid', detail: 'the notice is not in the agreed form' };
  const resident = residents.get(wanted.residentCode);
  if (!resident) return { code: 'resident-not-found', detail: 'a number for someone who has no record here' };
  const current = written.get(resident.residentCode) ?? resident.individualNumber;
  if (current === wanted.individualNumber) return 'there';
  return current === null || current === wanted.replaces
    ? 'write'
    : { code: 'number-differs', detail: 'the record has another number' };
}

interface NumbersToWrite {
  readonly reason: NumberRecorded['change'];
  /** Numbers by resident code. */
  readonly written: ReadonlyMap<string, SealedNumber>;
  readonly residents: ReadonlyMap<string, Resident>;
}

async function writeNumbers(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  link: HandlerContext,
  { reason, written, residents }: NumbersToWrite,
): Promise<void> {
  if (written.size === 0) return;
  const now = context.clock.now();
  const eventDate = dateInTokyo(now);
  const after = [...written].map(([code, individualNumber]) => {
    const resident = residents.get(code);
    if (!resident) throw new Error('a decided number lost its record');
    return { ...resident, individualNumber, sequence: resident.sequence + 1 };
  });
  const stored = await tx`
    WITH given AS (
      SELECT * FROM unnest(${after.map((r) => r.residentCode)}::text[], ${after.map((r) => r.individualNumber)}::text[])
        AS g(resident_code, individual_number)
    ), updated AS (
      UPDATE registry.municipal_resident r
      SET individual_number = g.individual_number, sequence = r.sequence + 1
      FROM given g
      WHERE r.municipality_code = ${municipality} AND r.resident_code = g.resident_code
      RETURNING r.resident_number, r.sequence
    )
    INSERT INTO registry.municipal_event
      (municipality_code, resident_number, sequence, reason, event_date, recorded_at, request_id, after)
    SELECT ${municipality}::text, resident_number, sequence, ${reason}::text, ${eventDate}::date, ${new Date(now)}::timestamptz,
      ${reason}::text || ' ' || resident_number || ' ' || sequence, '{}'
    FROM updated`;
  if (stored.count !== after.length)
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
      article: reason === 'number-assigned' ? '番号法 第8条' : '番号法 第7条',
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
      body: identityAfter(context, resident, reason, eventDate),
    })),
  );
}
