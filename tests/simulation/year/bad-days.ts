/**
 * What goes wrong in the year, and when: processes that are killed and stay down for minutes or hours, a national site
 * that is down for a day, sites that are cut off for a day, single links that are cut for days. All by seed.
 */
import type { Chance } from '../chance.ts';
import type { VirtualTime } from '../virtual-time.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './calendar.ts';
import type { YearCountry } from './country.ts';
import type { CountryNetwork } from './country-network.ts';
import type { Installation } from './installation.ts';

export interface BadDays {
  readonly country: YearCountry;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly network: CountryNetwork;
  readonly installations: readonly Installation[];
  /** How many times worse than an ordinary year. */
  readonly severity: number;
}

/** What was planned so far. */
export interface BadDayCounts {
  'sites cut off': number;
  'links cut off': number;
  'processes killed': number;
}

/** Each probability is that of one day in an ordinary year. */
const SITE_A_DAY = 3 / 365;
const LINK_A_DAY = 1.5 / 365;
const KILL_A_DAY = 15 / 365;
/** Of each: a country in which nothing ever works tries nothing. */
const A_DAY_MAX = 0.15;

const often = (a_day: number, severity: number): number => Math.min(a_day * severity, A_DAY_MAX);

/** Plans one day's misfortunes. */
export function planBadDay(bad: BadDays, day: number, counts: BadDayCounts): void {
  const { country, chance, network, severity } = bad;
  for (const { name, sites } of country.installations.filter((one) => one.name.startsWith('towns')))
    for (const site of sites)
      if (chance.happens(`cut ${name} ${site} ${day}`, often(SITE_A_DAY, severity))) {
        counts['sites cut off']++;
        at(bad, `cut ${site} ${day}`, (now) =>
          network.cut(site, now + span(chance, `cut ${site} ${day}`, 4 * HOUR_MS, DAY_MS)),
        );
      }
  for (const link of country.links)
    if (chance.happens(`cut ${link} ${day}`, often(LINK_A_DAY, severity))) {
      counts['links cut off']++;
      at(bad, `cut ${link} ${day}`, (now) =>
        network.cut(link, now + span(chance, `cut ${link} ${day}`, DAY_MS, 4 * DAY_MS)),
      );
    }
  for (const installation of bad.installations)
    if (chance.happens(`kill ${installation.name} ${day}`, often(KILL_A_DAY, severity))) {
      counts['processes killed']++;
      const name = `kill ${installation.name} ${day}`;
      const isLong = chance.happens(`long ${name}`, 0.15);
      const rest = isLong ? span(chance, name, 6 * HOUR_MS, DAY_MS) : span(chance, name, MINUTE_MS, HOUR_MS);
      at(bad, name, () => killAndRestart(bad, installation, name, rest));
    }
}

async function killAndRestart(
  { time }: BadDays,
  installation: Installation,
  name: string,
  rest_ms: number,
): Promise<void> {
  await installation.kill();
  time.plan(rest_ms, `start after ${name}`, () => installation.start());
}

function at({ time, chance }: BadDays, name: string, happen: (now: number) => unknown): void {
  time.plan(chance.at(`when ${name}`) * DAY_MS, name, () => happen(time.now()));
}

function span(chance: Chance, name: string, least_ms: number, most_ms: number): number {
  return least_ms + chance.at(`span ${name}`) * (most_ms - least_ms);
}
