/**
 * What identity data of the supplementary family register may be used for: affairs of overseas movers alone (住民基本台帳法
 * art. 30-44-6: 国外転出者に係る事務を処理する場合に限る). Dated: the card of overseas movers exists from 27 May 2024.
 */
import { DatedRules } from '@ishizue/rules';

/** The affairs (事務) that are allowed, by the day of the use. */
export const OVERSEAS_AFFAIRS = new DatedRules<ReadonlySet<string>>('overseas-affairs', [
  {
    validFrom: '2024-05-27',
    source: '住民基本台帳法 第30条の44の6',
    rule: new Set(['overseas-card', 'overseas-certificate']),
  },
]);
