/**
 * By when a card is to have left the factory. Of the published "one to two months" and "one week, five days at the shortest" the
 * factory's share in business days is decided: of an ordinary card here, of an express one with the rule of express issue.
 * Who gets a card by express, the terms agreed at the counter say (issue-terms/express-rule.ts).
 */
import { addBusinessDays, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';
import { EXPRESS } from '../issue-terms/issue-grounds.ts';

const ORDINARY = new DatedRules<{ readonly business_days: number }>('due dates of the factory', [
  {
    validFrom: '2016-01-01',
    source: 'decided: the factory’s share of one to two months',
    rule: { business_days: 20 },
  },
]);

/**
 * The day by which a card leaves the factory whose order came on this day.
 * @param expressDueOn by when an express card is with its holder, as agreed; null of others
 */
export function factoryDue(orderedOn: IsoDate, expressDueOn: IsoDate | null): IsoDate {
  if (expressDueOn === null) return addBusinessDays(orderedOn, ORDINARY.get(orderedOn).business_days);
  const share = addBusinessDays(orderedOn, EXPRESS.get(orderedOn).factory_business_days);
  return share < expressDueOn ? share : expressDueOn;
}
