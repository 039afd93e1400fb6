/**
 * The days of a card that moves with its holder (番号法施行令 art. 14; domain rules 5.4, 5.5): a move-in is declared within 30 days
 * of the planned move-out and 14 of the move, and the card is continued within 90 days of the move-in notice. The last good
 * day is that day itself. Use abroad exists from 27 May 2024.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';

interface MoveRule {
  readonly afterMoveOut_days: number;
  readonly afterMove_days: number;
  readonly continuing_days: number;
}

const MOVE_RULES = new DatedRules<MoveRule>('cards of movers', [
  {
    validFrom: '2016-01-01',
    source: '番号法施行令 第14条; 住民基本台帳法 第22条, 同法施行令 第24条の2',
    rule: { afterMoveOut_days: 30, afterMove_days: 14, continuing_days: 90 },
  },
]);

const USE_ABROAD = new DatedRules<boolean>('cards of overseas movers', [
  {
    validFrom: '2024-05-27',
    source: '番号法 第17条の2 (令和元年法律第16号); 住民基本台帳法 第30条の44の6',
    rule: true,
  },
]);

/** The last day on which a move-in can be declared by who has moved out. */
export const moveInBy = (movedOutOn: IsoDate): IsoDate =>
  addDays(movedOutOn, MOVE_RULES.get(movedOutOn).afterMoveOut_days);

/** Whether a move-in is declared in time; `movedOutOn` null where the move-out is not known. */
export function isDeclaredInTime(
  movedOutOn: IsoDate | null,
  movedInOn: IsoDate,
  declaredOn: IsoDate,
): boolean {
  const { afterMove_days } = MOVE_RULES.get(declaredOn);
  if (declaredOn > addDays(movedInOn, afterMove_days)) return false;
  return movedOutOn === null || declaredOn <= moveInBy(movedOutOn);
}

/** The last day on which the card can be continued after a move-in notice. */
export const continueBy = (declaredOn: IsoDate): IsoDate =>
  addDays(declaredOn, MOVE_RULES.get(declaredOn).continuing_days);

/** Whether a card can be kept abroad by who asks on a day: not before the rule, and by the day before the departure. */
export const mayKeepAbroad = (askedOn: IsoDate, departsOn: IsoDate): boolean =>
  USE_ABROAD.find(askedOn)?.rule === true && askedOn < departsOn;
