/**
 * The network for whoever scrapes /metrics: what stands for all links together, alarms by code, and by name only the links
 * that are worst off. 1,800 municipalities have 11,000 links; a series for each would be stored for ever, and say nothing
 * of most.
 */
import type { HttpServer } from '@ishizue/http';
import { type LinkState, linkStates } from '@ishizue/link';
import { type AlarmCount, countAlarms } from '@ishizue/registry';
import type { Country } from './country.ts';
import { InOneRead } from './in-one-read.ts';

const WORST_MAX = 20;

type Gauges = Pick<HttpServer['metrics'], 'gauge'>;

export function mountNetworkMetrics(metrics: Gauges, { database, systems }: Country): void {
  const sql = database.pool('link');
  mountLinkMetrics(metrics, new InOneRead(() => linkStates(sql)));
  const alarms = new InOneRead(() => countAlarms(systems.registry));
  const byCode = (name: string, help: string, numberOf: (count: AlarmCount) => number): void =>
    metrics.gauge({
      name,
      help,
      label: 'code',
      read: async () => new Map((await alarms.read()).map((count) => [count.code, numberOf(count)])),
    });
  byCode('ishizue_alarms_standing', 'Alarms that stand', ({ standing }) => standing);
  byCode(
    'ishizue_alarms_unacknowledged',
    'Alarms that stand and that nobody has acknowledged',
    ({ unacknowledged }) => unacknowledged,
  );
}

function mountLinkMetrics(metrics: Gauges, states: InOneRead<readonly LinkState[]>): void {
  const ofAll = (name: string, help: string, from: (links: readonly LinkState[]) => number): void =>
    metrics.gauge({ name, help, read: async () => from(await states.read()) });
  const ofWorst = (name: string, help: string, numberOf: (link: LinkState) => number): void =>
    metrics.gauge({
      name,
      help: `${help}; the ${WORST_MAX} links with most, none without`,
      label: 'link',
      read: async () => worst(await states.read(), numberOf),
    });
  const sum = (links: readonly LinkState[], numberOf: (link: LinkState) => number): number =>
    links.reduce((total, link) => total + numberOf(link), 0);
  ofAll('ishizue_links', 'Links', (links) => links.length);
  for (const [what, help, numberOf] of MEASURES) {
    ofWorst(`ishizue_link_${what}`, help, numberOf);
    if (what === 'oldest_seconds')
      ofAll(`ishizue_links_${what}`, `${help}, of all links`, (links) =>
        links.reduce((most, link) => Math.max(most, numberOf(link)), 0),
      );
    else ofAll(`ishizue_links_${what}`, `${help}, on all links`, (links) => sum(links, numberOf));
  }
}

const MEASURES: readonly (readonly [string, string, (link: LinkState) => number])[] = [
  ['unacknowledged_messages', 'Messages sent and not acknowledged', (link) => link.unacknowledged],
  ['parked_messages', 'Messages under an open ticket', (link) => link.parked],
  ['held_messages', 'Messages that wait for one before them', (link) => link.held],
  ['oldest_seconds', 'Age of the oldest message sent and not acknowledged', (link) => link.oldest_s ?? 0],
];

/** The links with the greatest numbers, without those that have none. */
export function worst(
  links: readonly LinkState[],
  numberOf: (link: LinkState) => number,
): ReadonlyMap<string, number> {
  return new Map(
    links
      .map((link) => [link.link, numberOf(link)] as const)
      .filter(([, number]) => number > 0)
      .sort(([, a], [, b]) => b - a)
      .slice(0, WORST_MAX),
  );
}
