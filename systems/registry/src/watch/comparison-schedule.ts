/**
 * Full comparison of every municipality once a period, at both tiers, spread over it: each pair of a site and a municipality
 * has its own moment in the period, from its name. What is due is read from the plan and the runs themselves, so a scheduler
 * that was killed goes on where it was; a run that is under way goes on by its links. Flow: docs/flows/network-watch.md.
 */
import { createHash } from 'node:crypto';
import { inTransaction } from '@ishizue/db';
import type { Access } from '../access.ts';
import { type ComparisonFailure, startComparison } from '../reconcile/compare.ts';
import type { DifferencePlace } from '../reconcile/differences.ts';
import { municipalSite, NATIONAL_SITE, prefecturalSite, type RegistryContext } from '../registry-context.ts';

const DAY_MS = 86_400_000;
/** A run that waits for a ticket or a site that is away keeps nobody else waiting for longer. */
const SLOW_MS = 3_600_000;

/** A comparison that is expected, and what became of the last ones. */
export interface PlannedComparison {
  readonly site: string;
  readonly municipality: string;
  readonly plannedSince: Date;
  /** When the last run began; null where there was none. */
  readonly startedAt: Date | null;
  readonly isRunning: boolean;
  /** When the last run that came to its end did. */
  readonly doneAt: Date | null;
  /** Persons compared by it. */
  readonly persons: number | null;
  /** Persons of whom the two tiers hold different things now, as far as runs and repairs have told. */
  readonly differences: number;
}

export interface ComparisonSchedule {
  readonly period_days: number;
  /** Runs under way at once. */
  readonly concurrency: number;
}

/** Expects the comparisons of these municipalities, at both tiers; those that are expected already stay as they are. */
export async function planComparisons(
  context: RegistryContext,
  municipalities: readonly string[],
): Promise<void> {
  const pairs = municipalities.flatMap((municipality) => {
    const { prefecture } = context.municipalities.getMunicipality(municipality);
    return [municipalSite(municipality), prefecturalSite(prefecture)].map((site) => ({ site, municipality }));
  });
  await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx`
      WITH wanted AS (
        SELECT site, municipality
        FROM unnest(${pairs.map(({ site }) => site)}::text[], ${pairs.map(({ municipality }) => municipality)}::text[])
          AS w(site, municipality)
      ), given_up AS (
        DELETE FROM registry.national_comparison_plan p
        WHERE NOT EXISTS (SELECT FROM wanted w WHERE w.site = p.site AND w.municipality = p.municipality_code)
      )
      INSERT INTO registry.national_comparison_plan (site, municipality_code, planned_since)
      SELECT site, municipality, ${new Date(context.clock.now())}::timestamptz FROM wanted ON CONFLICT DO NOTHING`,
  );
}

/** Everything that is expected, in one statement. */
export function plannedComparisons(context: RegistryContext): Promise<readonly PlannedComparison[]> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const rows = await tx<PlannedComparison[]>`
      SELECT site, municipality_code AS municipality, planned_since AS "plannedSince", started_at AS "startedAt",
        is_running AS "isRunning", done_at AS "doneAt", persons, differences
      FROM registry.watch_comparisons() ORDER BY site, municipality_code`;
    return [...rows];
  });
}

/** The last moment of a pair at or before now: the pair's own place in the period, from its name. */
export function lastTurn({ site, municipality }: DifferencePlace, period_days: number, now: number): number {
  const period = period_days * DAY_MS;
  const place = createHash('sha256').update(`${site} ${municipality}`).digest().readUInt32BE() / 2 ** 32;
  const offset = Math.floor(place * period);
  return Math.floor((now - offset) / period) * period + offset;
}

/** What is due, longest overdue first. A run that is under way since before its turn is given up and begun anew. */
export function dueComparisons(
  planned: readonly PlannedComparison[],
  { period_days }: Pick<ComparisonSchedule, 'period_days'>,
  now: number,
): readonly PlannedComparison[] {
  const lastOf = ({ startedAt, plannedSince }: PlannedComparison): number =>
    (startedAt ?? plannedSince).getTime();
  return planned
    .filter((pair) => lastOf(pair) < lastTurn(pair, period_days, now))
    .sort((a, b) => lastOf(a) - lastOf(b));
}

/** A comparison that was begun, or why it was not. */
export interface BegunComparison extends DifferencePlace {
  readonly failure?: ComparisonFailure;
}

/** Begins what is due, as far as there is room. To be called again and again, by one process. */
export async function beginDueComparisons(
  context: RegistryContext,
  access: Access,
  schedule: ComparisonSchedule,
): Promise<readonly BegunComparison[]> {
  const now = context.clock.now();
  const planned = await plannedComparisons(context);
  const isBusy = ({ isRunning, startedAt }: PlannedComparison): boolean =>
    isRunning && startedAt !== null && now - startedAt.getTime() < SLOW_MS;
  const room = Math.max(0, schedule.concurrency - planned.filter(isBusy).length);
  const begun: BegunComparison[] = [];
  for (const { site, municipality } of dueComparisons(planned, schedule, now).slice(0, room)) {
    const started = await startComparison(context, access, { site, municipality, isRestart: true });
    begun.push({ site, municipality, ...(!started.ok && { failure: started.failure.code }) });
  }
  return begun;
}
