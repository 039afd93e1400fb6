/**
 * What a search for an individual number must carry (検索条件の厳格化): all four items, or three without sex, because some
 * statutes' registers hold none. In force for national agencies since 18 December 2023 after the mislinkings of that year.
 */
import { DatedRules } from '@ishizue/rules';
import type { PartialDate } from '@ishizue/text';

export type SearchKey = 'name' | 'birth-date' | 'sex' | 'address';

export interface StrictSearchRule {
  /** The sets of keys of which one must be carried; the first that is. */
  readonly keySets: readonly (readonly SearchKey[])[];
  /** What must be known of a birth date for it to be a key. A partial date is equal to an equal one only. */
  readonly birthDateKnown: readonly PartialDate['known'][];
}

export const STRICT_SEARCH_RULES = new DatedRules<StrictSearchRule>('strict search', [
  {
    validFrom: '2023-12-18',
    source: 'マイナンバー情報総点検本部 第5回 (2023-12-12): 検索条件の厳格化',
    rule: {
      keySets: [
        ['name', 'birth-date', 'sex', 'address'],
        ['name', 'birth-date', 'address'],
      ],
      birthDateKnown: ['day', 'month', 'year'],
    },
  },
]);
