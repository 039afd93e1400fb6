/**
 * The states of a number notice (個人番号通知書) and the one function by which it takes a step. It is registered mail that
 * is not forwarded: what does not arrive comes back, is held at the municipality for a time, and is handed over or
 * disposed of. Nothing leads out of an end, so that no number is told twice. Steps are dated and go forward in time.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { holdingRules } from './holding-rules.ts';

export const NOTICE_STATES = [
  'queued',
  'printed',
  'posted',
  'delivered',
  'returned',
  'held',
  'handed-over',
  'disposed',
  'withdrawn',
] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export const NOTICE_STEPS = [
  'print',
  'withdraw',
  'post',
  'deliver',
  'return',
  'hold',
  'hand-over',
  'dispose',
] as const;
export type NoticeStepName = (typeof NOTICE_STEPS)[number];

/** Why the post brings a notice back (あて所に尋ねあたりません, 転居先不明, 保管期間経過, 受取拒絶). */
export const RETURN_REASONS = ['address-unknown', 'moved-away', 'not-collected', 'refused'] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

/** A step and the day on which it happened. */
export type NoticeStep =
  | { readonly step: 'post'; readonly on: IsoDate; readonly postingNumber: string }
  | { readonly step: 'return'; readonly on: IsoDate; readonly returnReason: ReturnReason }
  | { readonly step: Exclude<NoticeStepName, 'post' | 'return'>; readonly on: IsoDate };

export interface NoticeStanding {
  readonly state: NoticeState;
  /** The day of the last step. */
  readonly stateOn: IsoDate;
  readonly postingNumber: string | null;
  readonly returnReason: ReturnReason | null;
}

export type NoticeStepFailure =
  | 'notice-state-refused'
  | 'notice-date-invalid'
  | 'notice-date-in-the-future'
  | 'notice-date-before-last-step'
  | 'posting-number-malformed'
  | 'notice-holding-not-over';

const NEXT: Readonly<Record<NoticeState, Readonly<Partial<Record<NoticeStepName, NoticeState>>>>> = {
  queued: { print: 'printed', withdraw: 'withdrawn' },
  printed: { post: 'posted', withdraw: 'withdrawn' },
  posted: { deliver: 'delivered', return: 'returned' },
  returned: { hold: 'held' },
  held: { 'hand-over': 'handed-over', dispose: 'disposed' },
  delivered: {},
  'handed-over': {},
  disposed: {},
  withdrawn: {},
};

/** The standing after a step, or why the step is refused. `today` is Tokyo's date. */
export function decideNoticeStep(
  notice: NoticeStanding,
  taken: NoticeStep,
  today: IsoDate,
): Result<NoticeStanding, NoticeStepFailure> {
  const state = NEXT[notice.state][taken.step];
  if (state === undefined)
    return fail('notice-state-refused', `a notice that is ${notice.state} does not ${taken.step}`);
  const dated = checkDate(notice, taken.on, today);
  if (!dated.ok) return dated;
  const after = { ...notice, state, stateOn: taken.on };
  switch (taken.step) {
    case 'post':
      if (!/^\d{11,13}$/.test(taken.postingNumber))
        return fail('posting-number-malformed', 'a posting number has 11 to 13 digits');
      return ok({ ...after, postingNumber: taken.postingNumber });
    case 'return':
      return ok({ ...after, returnReason: taken.returnReason });
    case 'dispose':
      return checkHolding(notice, taken.on) ?? ok(after);
    case 'print':
    case 'withdraw':
    case 'deliver':
    case 'hold':
    case 'hand-over':
      return ok(after);
  }
}

function checkDate(
  { stateOn }: NoticeStanding,
  on: IsoDate,
  today: IsoDate,
): Result<undefined, NoticeStepFailure> {
  const instant = /^\d{4}-\d{2}-\d{2}$/.test(on) ? Date.parse(`${on}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== on)
    return fail('notice-date-invalid', 'the date is not a day of the calendar');
  if (on > today) return fail('notice-date-in-the-future', 'the date is in the future');
  if (on < stateOn)
    return fail('notice-date-before-last-step', `the notice is ${stateOn} already, the step says ${on}`);
  return ok(undefined);
}

/** What is held may only be disposed of when its time is over, by the rule of the day on which the holding began. */
function checkHolding(
  { stateOn: heldOn }: NoticeStanding,
  on: IsoDate,
): Result<never, NoticeStepFailure> | undefined {
  const { held_days_min } = holdingRules.get(heldOn);
  const firstDay = addDays(heldOn, held_days_min);
  return on < firstDay
    ? fail('notice-holding-not-over', `a notice held since ${heldOn} is kept until ${firstDay}`)
    : undefined;
}
