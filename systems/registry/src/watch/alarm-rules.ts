/**
 * When the duty officer is called: each code has a measured unit, a value at which its alarm is raised and one at which it
 * is cleared. Between the two it stays as it is, so that what flutters calls once. Pure: readings in, changes out.
 * Flow: docs/flows/network-watch.md.
 */

export const ALARM_CODES = [
  'messages-parked',
  'digest-differs',
  'messages-held',
  'acknowledgement-overdue',
  'link-lag',
  'conflict-open',
  'notices-held',
  'comparison-overdue',
  'key-expires',
  'clock-moved',
] as const;
/** What an alarm is about; the order is the order in which they are to be looked at. */
export type AlarmCode = (typeof ALARM_CODES)[number];

/** `above`: the greater the worse; `below`: the less is left the worse. */
export interface AlarmRule {
  readonly unit: 'messages' | 'persons' | 'seconds' | 'hours' | 'days';
  readonly worse: 'above' | 'below';
  readonly raise: number;
  readonly clear: number;
}

/** The house's thresholds; an operator who wants others passes others. */
export const ALARM_RULES: Readonly<Record<AlarmCode, AlarmRule>> = {
  'messages-parked': { unit: 'messages', worse: 'above', raise: 1, clear: 0 },
  'digest-differs': { unit: 'persons', worse: 'above', raise: 1, clear: 0 },
  'messages-held': { unit: 'seconds', worse: 'above', raise: 300, clear: 0 },
  'acknowledgement-overdue': { unit: 'seconds', worse: 'above', raise: 300, clear: 30 },
  'link-lag': { unit: 'seconds', worse: 'above', raise: 900, clear: 60 },
  // a move-out that is on its way settles most of them within minutes
  'conflict-open': { unit: 'hours', worse: 'above', raise: 24, clear: 0 },
  'notices-held': { unit: 'hours', worse: 'above', raise: 24, clear: 0 },
  // in periods of the schedule, which is by days
  'comparison-overdue': { unit: 'days', worse: 'above', raise: 2, clear: 0 },
  'key-expires': { unit: 'days', worse: 'below', raise: 30, clear: 45 },
  // docs/flows/clock.md
  'clock-moved': { unit: 'seconds', worse: 'above', raise: 60, clear: 0 },
};

/** One measurement: of what, and how much in the unit of the code's rule. */
export interface Reading {
  readonly code: AlarmCode;
  /** A link, a site, or `site municipality`. */
  readonly about: string;
  readonly value: number;
}

export interface StandingAlarm {
  readonly id: number;
  readonly code: string;
  readonly about: string;
}

export interface AlarmChanges {
  readonly raised: readonly Reading[];
  /** Ids of alarms that no longer stand. */
  readonly cleared: readonly number[];
}

/** What changes by the readings. Of what nothing is read any more nothing stands. */
export function decideAlarms(
  standing: readonly StandingAlarm[],
  readings: readonly Reading[],
  rules: Readonly<Record<AlarmCode, AlarmRule>> = ALARM_RULES,
): AlarmChanges {
  const key = ({ code, about }: { readonly code: string; readonly about: string }): string =>
    `${code} ${about}`;
  const stands = new Set(standing.map(key));
  const goesOn = new Set(
    readings.filter((reading) => isPast(rules[reading.code], 'clear', reading.value)).map(key),
  );
  const isNew = (reading: Reading): boolean =>
    !stands.has(key(reading)) && isPast(rules[reading.code], 'raise', reading.value);
  return {
    raised: [...new Map(readings.filter(isNew).map((reading) => [key(reading), reading])).values()],
    cleared: standing.filter((alarm) => !goesOn.has(key(alarm))).map(({ id }) => id),
  };
}

/** Raised at the value itself; cleared only once the other value is reached. */
function isPast({ worse, raise, clear }: AlarmRule, threshold: 'raise' | 'clear', value: number): boolean {
  if (threshold === 'raise') return worse === 'above' ? value >= raise : value <= raise;
  return worse === 'above' ? value > clear : value < clear;
}
