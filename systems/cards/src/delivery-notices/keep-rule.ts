/**
 * How long a municipality keeps a card that nobody fetches, from the day of the notice. No law says it: each municipality
 * publishes its own period, so what a municipality has decided goes before the rule here.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';

const KEEP_RULES = new DatedRules<{ readonly keep_days: number }>('undelivered cards', [
  {
    validFrom: '2016-01-01',
    source: 'decided: where a municipality has published no period of its own',
    rule: { keep_days: 90 },
  },
]);

/** The last day on which the card is still there. */
export const keptUntil = (noticeOn: IsoDate, municipal_days: number | undefined): IsoDate =>
  addDays(noticeOn, municipal_days ?? KEEP_RULES.get(noticeOn).keep_days);
