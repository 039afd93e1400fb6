/**
 * What is measured of the network as readings of alarms: of links, of comparisons, of conflicts, of keys. Measuring is one
 * statement a kind, whatever the number of municipalities; nothing here says anything of a person.
 */
import { inTransaction } from '@ishizue/db';
import type { LinkState } from '@ishizue/link';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import type { Reading } from './alarm-rules.ts';
import type { PlannedComparison } from './comparison-schedule.ts';

/** What waits of one municipality because it would displace somebody (docs/flows/events.md steps 5 and 6). */
export interface OpenConflicts {
  readonly municipality: string;
  /** Notices of the municipality that tiers hold back. */
  readonly held: number;
  readonly heldSince: Date | null;
  /** Conflicts that the municipality was told of, as the one that entered or the one that has the person. */
  readonly conflicts: number;
  readonly conflictSince: Date | null;
}

/** Everything that the duty officer's screen and the alarms are made of. */
export interface NetworkState {
  readonly links: readonly LinkState[];
  readonly comparisons: readonly PlannedComparison[];
  readonly conflicts: readonly OpenConflicts[];
  /** Until when the sites' keys are good; a site whose key has no end is not here. */
  readonly keyExpiries: ReadonlyMap<string, Date>;
}

/** Municipalities of which anything is held back or disputed. */
export function countConflicts(context: RegistryContext): Promise<readonly OpenConflicts[]> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const rows = await tx<OpenConflicts[]>`
      SELECT municipality_code AS municipality, held, held_since AS "heldSince", conflicts,
        conflict_since AS "conflictSince"
      FROM registry.watch_conflicts() ORDER BY municipality_code`;
    return [...rows];
  });
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** @param period_days of the schedule of comparisons */
export function networkReadings(state: NetworkState, period_days: number, now: number): readonly Reading[] {
  return [
    ...state.links.flatMap((link) => linkReadings(link, now)),
    ...state.comparisons.flatMap((pair) => comparisonReadings(pair, period_days, now)),
    ...state.conflicts.flatMap((one) => conflictReadings(one, now)),
    ...[...state.keyExpiries].map(
      ([about, until]): Reading => ({ code: 'key-expires', about, value: (until.getTime() - now) / DAY_MS }),
    ),
  ];
}

/** A link at rest has none. */
function linkReadings(link: LinkState, now: number): readonly Reading[] {
  const about = link.link;
  const readings: Reading[] = [];
  if (link.parked > 0) readings.push({ code: 'messages-parked', about, value: link.parked });
  if (link.heldByGap_s !== null) readings.push({ code: 'messages-held', about, value: link.heldByGap_s });
  if (link.oldest_s === null) return readings;
  readings.push({ code: 'link-lag', about, value: link.oldest_s });
  // nobody has said anything since: not slow, but silent
  const silent_s = link.lastAckAt === null ? link.oldest_s : (now - link.lastAckAt.getTime()) / 1000;
  readings.push({
    code: 'acknowledgement-overdue',
    about,
    value: Math.min(link.oldest_s, Math.max(0, silent_s)),
  });
  return readings;
}

function comparisonReadings(pair: PlannedComparison, period_days: number, now: number): readonly Reading[] {
  const about = `${pair.site} ${pair.municipality}`;
  const last = (pair.doneAt ?? pair.plannedSince).getTime();
  const overdue_days = (now - last) / DAY_MS - period_days;
  return [
    ...(pair.differences > 0
      ? [{ code: 'digest-differs', about, value: pair.differences } satisfies Reading]
      : []),
    ...(overdue_days > 0
      ? [{ code: 'comparison-overdue', about, value: overdue_days } satisfies Reading]
      : []),
  ];
}

function conflictReadings(one: OpenConflicts, now: number): readonly Reading[] {
  const about = `municipal/${one.municipality}`;
  const hours = (since: Date): number => (now - since.getTime()) / HOUR_MS;
  return [
    ...(one.conflictSince
      ? [{ code: 'conflict-open', about, value: hours(one.conflictSince) } satisfies Reading]
      : []),
    ...(one.heldSince
      ? [{ code: 'notices-held', about, value: hours(one.heldSince) } satisfies Reading]
      : []),
  ];
}
