/**
 * How long a deleted record is kept (住民基本台帳法施行令 art. 34): 150 years from its deletion since 2019-06-20, five years
 * before. The day is written when the record is deleted, by the rule of that day; the database itself refuses to
 * delete a record before it.
 */
import { dateInTokyo, type IsoDate, yearsAfter } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { DatedRules } from '@ishizue/rules';
import type { RegistryContext } from '../registry-context.ts';
import type { Resident } from './resident.ts';

/** Years that a deleted record is kept, by the day of its deletion. */
const RETENTION_YEARS = new DatedRules('retention of deleted resident records', [
  {
    validFrom: '1967-11-10',
    validTo: '2019-06-19',
    source: '住民基本台帳法施行令 第34条 (before 2019)',
    rule: 5,
  },
  { validFrom: '2019-06-20', source: '住民基本台帳法施行令 第34条', rule: 150 },
]);

/** The last day on which a record deleted on a day must be there. */
export function retainedUntil(deletedOn: IsoDate): IsoDate {
  return yearsAfter(deletedOn, RETENTION_YEARS.get(deletedOn));
}

/** Writes the day until which a record that is deleted today is kept; none where it has become current again. */
export async function setRetention(tx: Tx, context: RegistryContext, after: Resident): Promise<void> {
  const until = after.status === 'resident' ? null : retainedUntil(dateInTokyo(context.clock.now()));
  await tx`
    UPDATE registry.municipal_resident SET retained_until = ${until}
    WHERE municipality_code = ${after.municipality} AND resident_number = ${after.residentNumber}`;
}
