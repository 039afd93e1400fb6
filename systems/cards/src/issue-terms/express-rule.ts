/**
 * Who may have a card within a week (特急発行; domain rules 5.6): whoever has one of the grounds, within 30 days of its event,
 * for the first card after it; a child until the day before its first birthday. Pure; dated from 2 December 2024.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { birthdayOf } from '../card/card-expiry.ts';
import { EXPRESS, GROUNDS, type IssueGround } from './issue-grounds.ts';

export type ExpressFailure =
  | 'express-not-yet'
  | 'express-not-for-ground'
  | 'event-day-missing'
  | 'express-too-late'
  | 'express-used';

export interface ExpressCase {
  readonly ground: IssueGround;
  /** Of the event that gives the ground; of a newborn that of birth counts. */
  readonly eventOn: IsoDate | null;
  readonly birthDate: string;
  readonly askedOn: IsoDate;
  /** Whether a card was issued after the event already. */
  readonly hasCardSince: boolean;
}

/** The day by which the card is with its holder, or why it is none for express issue. */
export function judgeExpress(of: ExpressCase): Result<{ readonly dueOn: IsoDate }, ExpressFailure> {
  const rule = EXPRESS.find(of.askedOn)?.rule;
  if (!rule) return fail('express-not-yet', 'there is no express issue on that day');
  if (!GROUNDS[of.ground].isExpress) return fail('express-not-for-ground', `not for ${of.ground}`);
  if (of.ground === 'newborn') {
    const first = birthdayOf(of.birthDate, 1);
    if (first === undefined || of.askedOn >= first)
      return fail('express-too-late', 'until the day before the first birthday');
  } else {
    if (of.eventOn === null || of.eventOn > of.askedOn)
      return fail('event-day-missing', 'the day of the event is needed');
    if (of.askedOn > addDays(of.eventOn, rule.within_days))
      return fail('express-too-late', `later than ${rule.within_days} days after the event`);
  }
  if (of.hasCardSince) return fail('express-used', 'a card was issued after the event');
  return ok({ dueOn: addDays(of.askedOn, rule.due_days) });
}
