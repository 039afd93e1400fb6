/**
 * The duty officer's screen: what is wrong first, then where anything waits; a network at rest is one short screen. Eighty
 * columns; names with wide characters stand at the end of a line.
 */
import type { LinkState, OpenTicket } from '@ishizue/link';
import type { Alarm, NetworkState } from '@ishizue/registry';

export interface LinksScreen {
  readonly state: NetworkState;
  readonly alarms: readonly Alarm[];
  readonly tickets: readonly OpenTicket[];
  readonly comparison_days: number;
  readonly now: number;
  /** Links and municipalities at rest too, and none left out. */
  readonly isAll: boolean;
  readonly nameOf: (municipality: string) => string;
}

const ROWS_MAX = 15;

/** The lines of the screen. */
export function linksScreen(screen: LinksScreen): readonly string[] {
  return [
    ...alarmLines(screen.alarms, screen.now, screen.isAll),
    ...summary(screen),
    ...linkLines(screen),
    ...municipalityLines(screen),
    ...ticketLines(screen),
  ];
}

/** The standing alarms, with a title. */
export function alarmLines(alarms: readonly Alarm[], now: number, isAll: boolean): readonly string[] {
  const standing = alarms.filter(({ clearedAt }) => clearedAt === null);
  const open = standing.filter(({ acknowledgedAt }) => acknowledgedAt === null).length;
  const time = new Date(now + 9 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
  const title =
    standing.length === 0
      ? '✓ No alarm stands'
      : `✗ ${count(standing.length, 'alarm')} ${standing.length === 1 ? 'stands' : 'stand'}, ${open} not acknowledged`;
  return [
    `${title.padEnd(60)}${time} JST`,
    ...rows(alarms, isAll, 'alarms', (alarm) => describeAlarm(alarm, now)),
    ...(open > 0 ? ['  Seen: npx ishizue alarms --acknowledge ID --purpose "why it may stand"'] : []),
  ];
}

function describeAlarm(alarm: Alarm, now: number): readonly string[] {
  const { id, code, value, unit, about, raisedAt, clearedAt, acknowledgedBy, purpose } = alarm;
  const shown = value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1);
  const amount = `${shown} ${shown === '1' ? unit.slice(0, -1) : unit}`;
  const since = `raised ${ago(raisedAt, now)}${clearedAt ? `, cleared ${ago(clearedAt, now)}` : ''}`;
  return [
    `  ${String(id).padStart(5)}  ${code.padEnd(24)} ${amount.padEnd(16)} ${since}`,
    `         ${about}`,
    ...(acknowledgedBy === null ? [] : [`         seen by ${acknowledgedBy}: ${purpose ?? ''}`]),
  ];
}

function summary({ state, comparison_days, now }: LinksScreen): readonly string[] {
  const { links, comparisons, conflicts, keyExpiries } = state;
  const of = (numberOf: (link: LinkState) => number): number =>
    links.reduce((total, link) => total + numberOf(link), 0);
  const acknowledged = latest(links.map(({ lastAckAt }) => lastAckAt));
  const done = comparisons.flatMap(({ doneAt }) => doneAt ?? []);
  const oldest = done.reduce<Date | null>((least, at) => (least && least < at ? least : at), null);
  const differ = comparisons.reduce((total, { differences }) => total + differences, 0);
  const nextKey = [...keyExpiries.values()].reduce<Date | null>(
    (least, at) => (least && least < at ? least : at),
    null,
  );
  const line = (what: string, number: number, says: string): string =>
    `  ${what.padEnd(12)}${String(number).padStart(7)}   ${says}`;
  return [
    '',
    line(
      'links',
      links.length,
      `${of((link) => link.unacknowledged)} wait, ${of((link) => link.parked)} parked, ${of((link) => link.held)} held; acknowledged ${ago(acknowledged, now)}`,
    ),
    line(
      'comparisons',
      comparisons.length,
      `${differ === 0 ? 'no difference known' : `${count(differ, 'difference')} known`}; ${done.length} done, the oldest ${ago(oldest, now)}`,
    ),
    `${' '.repeat(24)}(each every ${comparison_days} d)`,
    line(
      'conflicts',
      conflicts.reduce((total, one) => total + one.conflicts, 0),
      `open at municipalities; ${conflicts.reduce((total, one) => total + one.held, 0)} notices held back by tiers`,
    ),
    line(
      'keys',
      keyExpiries.size,
      nextKey === null
        ? 'no site has a key with an end'
        : `the first ends ${nextKey.toISOString().slice(0, 10)}`,
    ),
  ];
}

/** Where anybody must act, then what is refused or late, then by what waits. */
const trouble = (link: LinkState): readonly number[] => [
  link.parked,
  link.heldByGap_s ?? 0,
  link.lastErrorCode === null ? 0 : 1,
  link.oldest_s ?? 0,
  link.unacknowledged,
];

function byTrouble(a: LinkState, b: LinkState): number {
  const [one, other] = [trouble(a), trouble(b)];
  const at = one.findIndex((amount, index) => amount !== other[index]);
  return at === -1 ? (a.link < b.link ? -1 : 1) : (other[at] ?? 0) - (one[at] ?? 0);
}

const isAtRest = (link: LinkState): boolean =>
  trouble(link).every((amount) => amount === 0) && link.held === 0;

function linkLines({ state, isAll, now }: LinksScreen): readonly string[] {
  const shown = state.links.filter((link) => isAll || !isAtRest(link)).toSorted(byTrouble);
  if (shown.length === 0) return [];
  return [
    '',
    `  ${'LINK'.padEnd(42)}${['WAIT', 'OLDEST', 'HELD', 'PARKED'].map((title) => title.padStart(7)).join('')}    ACK`,
    ...rows(shown, isAll, 'links', (link) => {
      const age = link.oldest_s === null ? '-' : span(link.oldest_s);
      const numbers = [link.unacknowledged, age, link.held, link.parked].map((cell) =>
        String(cell).padStart(7),
      );
      const ack = link.lastAckAt === null ? '-' : span((now - link.lastAckAt.getTime()) / 1000);
      return [
        `  ${link.link.padEnd(42)}${numbers.join('')}${ack.padStart(7)}`,
        ...(link.lastErrorCode === null
          ? []
          : [`    ${link.lastErrorCode}, ${count(link.attempts, 'attempt')}`]),
      ];
    }),
  ];
}

interface MunicipalityRow {
  readonly municipality: string;
  readonly differences: number;
  readonly comparedAt: Date | null;
  readonly conflicts: number;
  readonly held: number;
}

/** A municipality as both its comparisons and its conflicts tell of it. */
export function municipalityRows({ comparisons, conflicts }: NetworkState): readonly MunicipalityRow[] {
  const conflictOf = new Map(conflicts.map((one) => [one.municipality, one]));
  const pairsOf = Map.groupBy(comparisons, ({ municipality }) => municipality);
  return [...new Set([...pairsOf.keys(), ...conflictOf.keys()])]
    .map((municipality) => {
      const pairs = pairsOf.get(municipality) ?? [];
      const isCompared = pairs.length > 0 && pairs.every(({ doneAt }) => doneAt !== null);
      const oldest = Math.min(...pairs.map(({ doneAt }) => doneAt?.getTime() ?? 0));
      return {
        municipality,
        differences: pairs.reduce((total, pair) => total + pair.differences, 0),
        comparedAt: isCompared ? new Date(oldest) : null,
        conflicts: conflictOf.get(municipality)?.conflicts ?? 0,
        held: conflictOf.get(municipality)?.held ?? 0,
      };
    })
    .sort(
      (a, b) =>
        b.differences - a.differences ||
        b.conflicts + b.held - a.conflicts - a.held ||
        (a.municipality < b.municipality ? -1 : 1),
    );
}

function municipalityLines({ state, isAll, now, nameOf }: LinksScreen): readonly string[] {
  const shown = municipalityRows(state).filter(
    ({ differences, conflicts, held }) => isAll || differences + conflicts + held > 0,
  );
  if (shown.length === 0) return [];
  return [
    '',
    `  ${'MUNICIPALITY'.padEnd(14)}${['DIFFER', 'CONFLICTS', 'HELD BACK', 'COMPARED'].map((title) => title.padStart(11)).join('')}`,
    ...rows(shown, isAll, 'municipalities', ({ municipality, differences, conflicts, held, comparedAt }) => [
      `  ${municipality.padEnd(14)}${[differences, conflicts, held, ago(comparedAt, now)].map((cell) => String(cell).padStart(11)).join('')}  ${nameOf(municipality)}`,
    ]),
  ];
}

const ticketLines = ({ tickets, isAll }: LinksScreen): readonly string[] =>
  tickets.length === 0
    ? []
    : [
        '',
        '  Parked: npx ishizue ticket ID, or --drop "why"',
        ...rows(tickets, isAll, 'tickets', ({ id, link, seq, code, detail, behind }) => [
          `  ticket ${id}  ${link} #${seq}`,
          `    ${code}: ${detail}${behind > 0 ? ` (${behind} wait behind it)` : ''}`,
        ]),
      ];

function rows<Row>(
  all: readonly Row[],
  isAll: boolean,
  what: string,
  describe: (row: Row) => readonly string[],
): readonly string[] {
  const shown = isAll ? all : all.slice(0, ROWS_MAX);
  const left = all.length - shown.length;
  return [...shown.flatMap(describe), ...(left > 0 ? [`  … and ${left} more ${what} (--all)`] : [])];
}

const latest = (times: readonly (Date | null)[]): Date | null =>
  times.reduce<Date | null>((last, at) => (at && (!last || at > last) ? at : last), null);

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const ago = (at: Date | null, now: number): string =>
  at === null ? 'never' : `${span((now - at.getTime()) / 1000)} ago`;

/** `40 s`, `12 min`, `5 h`, `3 d`. */
function span(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
