/**
 * The network watch over an open country: measures, raises and clears alarms, and begins the comparisons that are due.
 * Flow: docs/flows/network-watch.md.
 */
import type { Log } from '@ishizue/http';
import { linkStates } from '@ishizue/link';
import {
  type Access,
  beginDueComparisons,
  countConflicts,
  listAlarms,
  type NetworkState,
  networkReadings,
  plannedComparisons,
  updateAlarms,
} from '@ishizue/registry';
import { AlarmLog } from './alarm-log.ts';
import type { Country } from './country.ts';
import { siteKeyExpiries } from './key-expiries.ts';
import { Repeating } from './repeating.ts';

const WATCH_EVERY_MS = 15_000;
const SCHEDULE_EVERY_MS = 60_000;
const COMPARISONS_AT_ONCE = 1;
const ALARMS_MAX = 20_000; // more than one for every link of the country

type Watched = Pick<Country, 'clock' | 'configuration' | 'database' | 'keyServer' | 'systems'>;

/** What is measured now. */
async function measureNetwork({ database, keyServer, systems }: Watched): Promise<NetworkState> {
  const [links, comparisons, conflicts, keyExpiries] = await Promise.all([
    linkStates(database.pool('link')),
    plannedComparisons(systems.registry),
    countConflicts(systems.registry),
    siteKeyExpiries(keyServer),
  ]);
  return { links, comparisons, conflicts, keyExpiries };
}

/** Measures once, and raises and clears alarms by it; what stands already is not raised again. */
export async function watchNetwork(country: Watched): Promise<NetworkState> {
  const state = await measureNetwork(country);
  const { clock, configuration, systems } = country;
  const moved = systems.jpki.clockWatch.look();
  const readings = [
    ...networkReadings(state, configuration.comparison_days, clock.now()),
    ...(moved
      ? [{ code: 'clock-moved' as const, about: 'national', value: Math.abs(moved.by_ms) / 1_000 }]
      : []),
  ];
  await updateAlarms(systems.registry, readings);
  return state;
}

/** The watch's standing work. */
export function networkWork(country: Country, log: Log): readonly Repeating[] {
  const alarmLog = new AlarmLog(log);
  return [
    new Repeating(
      WATCH_EVERY_MS,
      async () => {
        await watchNetwork(country);
        alarmLog.tell(await listAlarms(country.systems.registry, { limit: ALARMS_MAX }));
      },
      (error) => log.error('network-watch-failed', {}, error),
    ),
    new Repeating(
      SCHEDULE_EVERY_MS,
      () => beginComparisons(country, log),
      (error) => log.error('comparison-schedule-failed', {}, error),
    ),
  ];
}

const SCHEDULER: Access = {
  actorKind: 'system',
  actor: 'comparison-schedule',
  terminal: '',
  article: '住民基本台帳法 第30条の6',
  affair: 'reconciliation',
  correlation: 'background',
};

async function beginComparisons({ systems, configuration }: Country, log: Log): Promise<void> {
  const schedule = { period_days: configuration.comparison_days, concurrency: COMPARISONS_AT_ONCE };
  for (const { failure, ...place } of await beginDueComparisons(systems.registry, SCHEDULER, schedule))
    if (failure === undefined) log.info('comparison-begun', { ...place });
    else log.warn('comparison-not-begun', { ...place, code: failure });
}
