/**
 * Which deadline of a case runs, until when, and what is left of those that stand still. The day on which it begins does not
 * count (Civil Code 140), unless the definition says so. Where the last day of what an applicant has to do is no business day it is the next one
 * (行政機関の休日に関する法律 art. 2); an office's own days are not lengthened. Pure.
 */
import { addBusinessDays, addDays, type IsoDate, isBusinessDay } from '@ishizue/clock';
import type { DeadlineFacts, Definition } from '../define/definition.ts';

/** Days left of deadlines that stand still, and how often each was extended. */
export interface Clocks {
  readonly left?: Readonly<Record<string, number>>;
  readonly extended?: Readonly<Record<string, number>>;
}

/** As it is kept with a case. */
export interface Running {
  readonly deadline: string | null;
  readonly dueOn: IsoDate | null;
  readonly clocks: Clocks | null;
}

export const NOTHING_RUNS: Running = { deadline: null, dueOn: null, clocks: null };

/** What runs after a move into a state, on the day of the move. */
export function runningAfter(
  definition: Definition,
  before: Running,
  state: string,
  today: IsoDate,
): Running {
  const facts = definition.states[state];
  if (!facts || facts.closed) return NOTHING_RUNS;
  const next = facts.deadline ?? null;
  if (next === before.deadline) return before;
  const stopped = stop(definition, before, today);
  if (next === null) return stopped;
  const clock = deadlineOf(definition, next);
  const { [next]: left, ...others } = stopped.clocks?.left ?? {};
  const days = clock.restarts ? daysOf(clock) : (left ?? daysOf(clock));
  return {
    deadline: next,
    dueOn: daysAfter(today, days, clock),
    clocks: clocksOf(others, stopped.clocks?.extended),
  };
}

/** The days after the one on which it begins. */
const daysOf = ({ days, countsFirstDay }: DeadlineFacts): number => (countsFirstDay ? days - 1 : days);

function stop(definition: Definition, { deadline, dueOn, clocks }: Running, today: IsoDate): Running {
  if (deadline === null || dueOn === null) return { deadline: null, dueOn: null, clocks };
  const clock = deadlineOf(definition, deadline);
  const left = clock.restarts
    ? clocks?.left
    : { ...clocks?.left, [deadline]: daysUntil(today, dueOn, clock) };
  return { deadline: null, dueOn: null, clocks: clocksOf(left, clocks?.extended) };
}

/** Extends a deadline, running or standing still, and counts it. */
export function extend(
  definition: Definition,
  running: Running,
  { deadline, days }: { readonly deadline: string; readonly days: number },
): Running {
  const clock = deadlineOf(definition, deadline);
  const { clocks } = running;
  const extended = { ...clocks?.extended, [deadline]: timesExtended(running, deadline) + 1 };
  if (running.deadline === deadline && running.dueOn !== null)
    return {
      deadline,
      dueOn: daysAfter(running.dueOn, days, clock),
      clocks: clocksOf(clocks?.left, extended),
    };
  const left = { ...clocks?.left, [deadline]: (clocks?.left?.[deadline] ?? daysOf(clock)) + days };
  return { ...running, clocks: clocksOf(left, extended) };
}

export const timesExtended = ({ clocks }: Running, deadline: string): number =>
  clocks?.extended?.[deadline] ?? 0;

function clocksOf(left: Clocks['left'] = {}, extended: Clocks['extended'] = {}): Clocks | null {
  const hasLeft = Object.keys(left).length > 0;
  const hasExtended = Object.keys(extended).length > 0;
  return hasLeft || hasExtended ? { ...(hasLeft && { left }), ...(hasExtended && { extended }) } : null;
}

function deadlineOf({ deadlines, id }: Definition, name: string): DeadlineFacts {
  const found = deadlines[name];
  if (!found) throw new Error(`${id} has no deadline ${name}`);
  return found;
}

// thousands of cases of a bulk move ask for the same few days
const KEPT_MAX = 10_000;
const daysKept = new Map<string, IsoDate>();

/** The last day of some days after a date. */
function daysAfter(date: IsoDate, days: number, clock: DeadlineFacts): IsoDate {
  const question = `${date} ${days} ${clock.count} ${clock.owner === 'applicant'}`;
  const kept = daysKept.get(question);
  if (kept !== undefined) return kept;
  if (daysKept.size >= KEPT_MAX) daysKept.clear();
  const last = countDaysAfter(date, days, clock);
  daysKept.set(question, last);
  return last;
}

function countDaysAfter(date: IsoDate, days: number, { count, owner }: DeadlineFacts): IsoDate {
  if (days === 0) return date;
  if (count === 'business') return addBusinessDays(addDays(date, 1), days - 1);
  const last = addDays(date, days);
  return owner === 'applicant' ? addBusinessDays(last, 0) : last;
}

const leftKept = new Map<string, number>();

function daysUntil(date: IsoDate, last: IsoDate, clock: DeadlineFacts): number {
  const question = `${date} ${last} ${clock.count}`;
  const kept = leftKept.get(question);
  if (kept !== undefined) return kept;
  if (leftKept.size >= KEPT_MAX) leftKept.clear();
  const left = countDaysUntil(date, last, clock);
  leftKept.set(question, left);
  return left;
}

/** The days after a date up to and with the last one; 0 where it is past. */
function countDaysUntil(date: IsoDate, last: IsoDate, { count }: DeadlineFacts): number {
  let days = 0;
  for (let day = addDays(date, 1); day <= last; day = addDays(day, 1))
    if (count === 'calendar' || isBusinessDay(day)) days++;
  return days;
}
