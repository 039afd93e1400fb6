/**
 * How long a prefectural or the national site keeps identity data of who is no resident any more (住民基本台帳法 30-6 (3), 30-7 (3)).
 * Our reading: since 2019-06-20 150 years from the notice of the deletion, as 施行令 art. 34 (2) says it of the municipality's
 * copy of the same data; before that five years after a death and else eighty (施行令 art. 30-6, 30-11 as of 2012).
 */
import { dateInTokyo, type IsoDate, yearsAfter } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';
import type { ResidenceStatus } from '../identity/event-reason.ts';

interface YearsKept {
  readonly afterDeath: number;
  /** After any other deletion, where nothing more is heard of the person. */
  readonly otherwise: number;
}

const YEARS_KEPT = new DatedRules<YearsKept>('retention of identity data of deleted records', [
  {
    validFrom: '2002-08-05',
    validTo: '2019-06-19',
    source: '住民基本台帳法施行令 第30条の6・第30条の11 (before 2019)',
    rule: { afterDeath: 5, otherwise: 80 },
  },
  {
    validFrom: '2019-06-20',
    source: '住民基本台帳法施行令 第34条第2項, read for the tiers too',
    rule: { afterDeath: 150, otherwise: 150 },
  },
]);

/** The last day on which a tier must have the data of who is in a state since a notice; null of a current resident. */
export function retainedAbove(status: ResidenceStatus, notifiedAt: Date): IsoDate | null {
  if (status === 'resident') return null;
  const day = dateInTokyo(notifiedAt.getTime());
  const { afterDeath, otherwise } = YEARS_KEPT.get(day);
  return yearsAfter(day, status === 'deceased' ? afterDeath : otherwise);
}
