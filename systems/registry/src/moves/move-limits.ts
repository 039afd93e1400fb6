/**
 * The days of a move between municipalities. A move-in is declared within 14 days of moving (住民基本台帳法 art. 22); later
 * ones are taken, and said to be late. The special move-in (転入届の特例, 施行令 art. 24-2) is lost when 30 days have passed
 * since the planned day, or 14 since the move, whichever is earlier: the last good day is planned + 30, or moved + 14.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';

const NOTICE_DAYS = new DatedRules('notice of move-in', [
  { validFrom: '1967-11-10', source: '住民基本台帳法 第22条第1項', rule: 14 },
]);

interface SpecialMoveInRule {
  readonly afterPlanned_days: number;
  readonly afterMove_days: number;
}

const SPECIAL_MOVE_IN = new DatedRules<SpecialMoveInRule>('special move-in', [
  {
    validFrom: '2012-07-09',
    source: '住民基本台帳法施行令 第24条の2第1項第2号',
    rule: { afterPlanned_days: 30, afterMove_days: 14 },
  },
]);

/** How far ahead a move is declared: a year that nobody means is a slip of the pen. A rule of this house. */
const PLANNED_AHEAD_DAYS_MAX = 366;

/** Whether a move-in that is declared on a day is later than the law allows. */
export const isLateNotice = (movedOn: IsoDate, declaredOn: IsoDate): boolean =>
  declaredOn > addDays(movedOn, NOTICE_DAYS.get(declaredOn));

/** Whether the special move-in may still be used on the day on which it is declared; `movedOn` null: not moved yet. */
export function isSpecialMoveInOpen(
  plannedOn: IsoDate,
  movedOn: IsoDate | null,
  declaredOn: IsoDate,
): boolean {
  const rule = SPECIAL_MOVE_IN.find(declaredOn)?.rule;
  if (!rule || declaredOn > addDays(plannedOn, rule.afterPlanned_days)) return false;
  return movedOn === null || declaredOn <= addDays(movedOn, rule.afterMove_days);
}

/** The planned day before which a special move-in is over on a day. */
export const specialPlansOverBefore = (today: IsoDate): IsoDate =>
  addDays(today, -SPECIAL_MOVE_IN.get(today).afterPlanned_days);

/** Whether a planned day is one that a declaration may name. */
export const isPlannableOn = (plannedOn: IsoDate, today: IsoDate): boolean =>
  plannedOn <= addDays(today, PLANNED_AHEAD_DAYS_MAX);
