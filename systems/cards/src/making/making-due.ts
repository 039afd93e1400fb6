/**
 * By when a card is to have left the factory, and who gets one by express (特急発行, from 2 December 2024; domain rules 5.6). Of
 * the published "one to two months" and "one week, five days at the shortest" the factory's share in business days is
 * decided here. Dated by the receipt of the application.
 */
import { addBusinessDays, addDays, type IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { DatedRules } from '@ishizue/rules';

/** Why a card may be made by express: what happened, each with its days; `under-one` asks for the age instead. */
export const EXPRESS_GROUNDS = [
  'under-one',
  'moved-in-from-abroad',
  'lost',
  'newly-registered',
  'number-or-code-changed',
  'card-unusable',
  'office-fault',
  'remarks-full',
  'released',
] as const;
export type ExpressGround = (typeof EXPRESS_GROUNDS)[number];

export interface ExpressWish {
  readonly ground: ExpressGround;
  /** The day of what happened; of `under-one` the day of birth. */
  readonly happenedOn: IsoDate;
}

interface DueRule {
  readonly ordinary_business_days: number;
  readonly express?: { readonly business_days: number; readonly after_event_days_max: number };
}

const DUE_RULES = new DatedRules<DueRule>('due dates of the factory', [
  {
    validFrom: '2016-01-01',
    validTo: '2024-12-01',
    source: 'decided: the factory’s share of one to two months',
    rule: { ordinary_business_days: 20 },
  },
  {
    validFrom: '2024-12-02',
    source:
      '特急発行 from 2 December 2024: within 30 days of the event; the factory’s share of a week is decided',
    rule: { ordinary_business_days: 20, express: { business_days: 3, after_event_days_max: 30 } },
  },
]);

export type DueFailure = 'express-not-allowed';

/** The day by which the card leaves the factory. */
export function makingDue(receivedOn: IsoDate, wish: ExpressWish | undefined): Result<IsoDate, DueFailure> {
  const { express } = DUE_RULES.get(receivedOn);
  if (!wish) return ok(factoryDue(receivedOn, false));
  if (!express) return fail('express-not-allowed', 'there was no express then');
  if (wish.happenedOn > receivedOn) return fail('express-not-allowed', 'the event is still to come');
  const lastDay =
    wish.ground === 'under-one'
      ? dayBeforeFirstBirthday(wish.happenedOn)
      : addDays(wish.happenedOn, express.after_event_days_max);
  return receivedOn <= lastDay
    ? ok(factoryDue(receivedOn, true))
    : fail('express-not-allowed', 'too long after the event');
}

/** The day by which a card leaves the factory whose order came on this day; express only where it was allowed. */
export function factoryDue(orderedOn: IsoDate, isExpress: boolean): IsoDate {
  const { ordinary_business_days, express } = DUE_RULES.get(orderedOn);
  return addBusinessDays(orderedOn, isExpress && express ? express.business_days : ordinary_business_days);
}

/** Born on 29 February: the birthday of the next year is taken as 28 February, as for validity. */
function dayBeforeFirstBirthday(born: IsoDate): IsoDate {
  const next = `${Number(born.slice(0, 4)) + 1}${born.slice(4)}`;
  return addDays(next.endsWith('-02-29') ? `${next.slice(0, 8)}28` : next, -1);
}
