/**
 * How long applications for cards are kept from their end. Fifteen years: 個人番号カードの交付等に関する事務処理要領 (平成27年
 * 総行住第137号), as it was reported in 2015; the day from which they count is decided here, and so are the two years of what came
 * to no card: an appeal may come for one (行政不服審査法 18 (2), 行政事件訴訟法 14 (2)).
 */
import type { IsoDate } from '@ishizue/clock';
import { yearsAfter } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';

interface YearsKept {
  readonly withCard: number;
  readonly withoutCard: number;
}

const YEARS_KEPT = new DatedRules<YearsKept>('keeping of applications for cards', [
  {
    validFrom: '2016-01-01',
    source:
      '15 years: 個人番号カードの交付等に関する事務処理要領 (平成27年総行住第137号), as reported; 2 without a card, and from which day: decided here',
    rule: { withCard: 15, withoutCard: 2 },
  },
]);

/** By the day on which an application ended. */
export const yearsKept = (endedOn: IsoDate): YearsKept => YEARS_KEPT.get(endedOn);

export const KEPT_SOURCE = YEARS_KEPT.versions[0]?.source ?? '';

/** The last day on which the row of an application that ended without a card must be there. */
export const rowKeptUntil = (endedOn: IsoDate): IsoDate =>
  yearsAfter(endedOn, yearsKept(endedOn).withoutCard);
