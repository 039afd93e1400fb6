/**
 * A changed code in the municipality's own tables: the record carries the new one, the old one is used up, the notice to
 * the person waits to be printed (住民基本台帳法 30-4). Runs in the event's transaction, on the locked record.
 */
import type { Tx } from '@ishizue/db';
import { retireCodes } from '../codes/retired-codes.ts';
import type { Decision } from '../events/resident-event.ts';
import { municipalSite } from '../registry-context.ts';
import type { Resident } from './resident.ts';

/** Gives the record its new code; the record's other columns are the caller's. */
export async function changeCode(
  tx: Tx,
  { municipality, residentNumber, residentCode, sequence }: Resident,
  formerCode: string,
  eventDate: Decision['eventDate'],
): Promise<void> {
  await tx`
    UPDATE registry.municipal_resident SET resident_code = ${residentCode}
    WHERE municipality_code = ${municipality} AND resident_number = ${residentNumber}
      AND resident_code = ${formerCode}`;
  await retireCodes(tx, municipalSite(municipality), [
    { residentCode: formerCode, successor: residentCode, municipality, retiredOn: eventDate },
  ]);
  await tx`
    UPDATE registry.municipal_code_notice SET state = 'superseded', state_on = ${eventDate}
    WHERE municipality_code = ${municipality} AND resident_number = ${residentNumber}
      AND state IN ('queued', 'printed')`;
  await tx`
    INSERT INTO registry.municipal_code_notice (municipality_code, resident_number, sequence, state_on)
    VALUES (${municipality}, ${residentNumber}, ${sequence}, ${eventDate})`;
}
