/**
 * How long a returned number notice is held before it may be disposed of. No statute fixes it; municipalities keep
 * theirs for about three months. Chosen by the day on which the holding begins.
 */
import { DatedRules } from '@ishizue/rules';

export interface HoldingRule {
  /** Whole days from the day on which the holding began. */
  readonly held_days_min: number;
}

export const holdingRules = new DatedRules<HoldingRule>('holding of number notices', [
  {
    validFrom: '2020-05-25', // the number notice takes the place of the notification card (通知カード)
    source: '個人番号通知書及び個人番号カードに関する省令; the period is municipal practice, to be confirmed',
    rule: { held_days_min: 90 },
  },
]);
