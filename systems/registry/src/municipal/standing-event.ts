/** The last event of a person that still stands: what an undo undoes. An individual number's arrival is no act of the counter. */
import type { Tx } from '@ishizue/db';
import type { StandingEvent } from '../events/undo.ts';
import type { Resident } from './resident.ts';

/** The event of a record that is locked; undefined where none was recorded at the counter, or none stands. */
export async function findStandingEvent(tx: Tx, resident: Resident): Promise<StandingEvent | undefined> {
  const [row] = await tx<StandingEvent[]>`
    SELECT sequence, reason, before, EXISTS (SELECT FROM registry.municipal_event n
        WHERE n.municipality_code = e.municipality_code AND n.resident_number = e.resident_number
          AND n.sequence > e.sequence AND n.reason IN ('number-assigned', 'number-changed')) AS "hasLaterNumber"
    FROM registry.municipal_event e
    WHERE municipality_code = ${resident.municipality} AND resident_number = ${resident.residentNumber}
      AND reason NOT IN ('undo', 'number-assigned', 'number-changed')
      AND NOT EXISTS (SELECT FROM registry.municipal_event u
        WHERE u.municipality_code = e.municipality_code AND u.resident_number = e.resident_number
          AND u.undoes = e.sequence)
    ORDER BY sequence DESC LIMIT 1`;
  return row;
}

/** Whether a record that is locked is of an entry that was undone, and nobody was entered here under its code since. */
export async function isNeverEntered(tx: Tx, resident: Resident): Promise<boolean> {
  if (resident.status === 'resident' || (await findStandingEvent(tx, resident))) return false;
  const [row] = await tx`
    SELECT FROM registry.municipal_event
    WHERE municipality_code = ${resident.municipality} AND resident_number = ${resident.residentNumber} AND undoes = 1`;
  return row !== undefined;
}
