/**
 * The alarms of the national site as rows: raised once, cleared once, acknowledged by somebody for a reason. Two who
 * measure at once take turns. Acknowledging is an act of an operator and on the ledger; no person is concerned.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import {
  ALARM_CODES,
  ALARM_RULES,
  type AlarmCode,
  type AlarmRule,
  decideAlarms,
  type Reading,
  type StandingAlarm,
} from './alarm-rules.ts';

export interface Alarm {
  readonly id: number;
  readonly code: AlarmCode;
  /** A link, a site, or `site municipality`. */
  readonly about: string;
  /** When it was raised, in `unit`. */
  readonly value: number;
  readonly unit: AlarmRule['unit'];
  readonly raisedAt: Date;
  readonly clearedAt: Date | null;
  readonly acknowledgedAt: Date | null;
  readonly acknowledgedBy: string | null;
  readonly purpose: string | null;
}

export type AcknowledgeFailure = 'purpose-invalid' | 'alarm-unknown' | 'alarm-cleared' | 'alarm-acknowledged';

/** Alarms of this reading that were not there before, and how many are gone. */
export interface AlarmRound {
  readonly raised: readonly Reading[];
  readonly cleared: readonly StandingAlarm[];
}

const inWatch = <T>(context: RegistryContext, work: (tx: Tx) => Promise<T>): Promise<T> =>
  inTransaction(context.sql, { site: NATIONAL_SITE }, work);

/** Raises and clears by what was read. */
export function updateAlarms(
  context: RegistryContext,
  readings: readonly Reading[],
  rules: Readonly<Record<AlarmCode, AlarmRule>> = ALARM_RULES,
): Promise<AlarmRound> {
  return inWatch(context, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended('network-watch', 0))`;
    const standing = await tx<StandingAlarm[]>`
      SELECT id, code, about FROM registry.national_alarm WHERE cleared_at IS NULL`;
    const { raised, cleared } = decideAlarms(standing, readings, rules);
    const now = new Date(context.clock.now());
    if (raised.length > 0)
      await tx`
        INSERT INTO registry.national_alarm (code, about, value, raised_at)
        SELECT code, about, value, ${now}::timestamptz
        FROM unnest(${raised.map(({ code }) => code)}::text[], ${raised.map(({ about }) => about)}::text[],
          ${raised.map(({ value }) => value)}::float8[]) AS r(code, about, value)`;
    if (cleared.length > 0)
      await tx`UPDATE registry.national_alarm SET cleared_at = ${now} WHERE id = ANY(${[...cleared]}::bigint[])`;
    const gone = new Set(cleared);
    return { raised, cleared: standing.filter(({ id }) => gone.has(id)) };
  });
}

/** Standing alarms, the first to be looked at first; or all that were ever raised, the newest first. */
export function listAlarms(
  context: RegistryContext,
  page: { readonly limit: number; readonly withCleared?: boolean },
): Promise<readonly Alarm[]> {
  const isAll = page.withCleared === true;
  return inWatch(context, async (tx) => {
    const rows = await tx<Omit<Alarm, 'unit'>[]>`
      SELECT id, code, about, value, raised_at AS "raisedAt", cleared_at AS "clearedAt",
        acknowledged_at AS "acknowledgedAt", acknowledged_by AS "acknowledgedBy", purpose
      FROM registry.national_alarm WHERE ${isAll} OR cleared_at IS NULL
      ORDER BY ${isAll ? tx`raised_at DESC` : tx`acknowledged_at IS NOT NULL, array_position(${[...ALARM_CODES]}::text[], code), raised_at`}, id
      LIMIT ${Math.min(page.limit, 20_000)}`;
    return rows.map((row) => ({ ...row, unit: ALARM_RULES[row.code].unit }));
  });
}

/** How many alarms of a code stand, and how many of them nobody has acknowledged. */
export interface AlarmCount {
  readonly code: AlarmCode;
  readonly standing: number;
  readonly unacknowledged: number;
}

/** Every code, also those of which none stands. */
export function countAlarms(context: RegistryContext): Promise<readonly AlarmCount[]> {
  return inWatch(context, async (tx) => {
    const rows = await tx<AlarmCount[]>`
      SELECT c.code, count(a.id) AS standing, count(a.id) FILTER (WHERE a.acknowledged_at IS NULL) AS unacknowledged
      FROM unnest(${[...ALARM_CODES]}::text[]) AS c(code)
      LEFT JOIN registry.national_alarm a ON a.code = c.code AND a.cleared_at IS NULL
      GROUP BY c.code`;
    return [...rows];
  });
}

/** Not a word about a person: neither empty, nor long, nor with what may be a code or a number. */
const isPurpose = (text: string): boolean =>
  text.trim() !== '' && text.length <= 200 && !/\d{10}/.test(text.normalize('NFKC'));

/** Somebody has seen the alarm and says why it may stand. It goes on standing until what it is about is mended. */
export function acknowledgeAlarm(
  context: RegistryContext,
  access: Access,
  id: number,
  purpose: string,
): Promise<Result<undefined, AcknowledgeFailure>> {
  return inWatch(context, async (tx) => {
    const result = await acknowledge(tx, context, access, id, purpose);
    await recordEntry(tx, {
      site: NATIONAL_SITE,
      at: context.clock.now(),
      ...access,
      subject: null,
      fields: ['alarm'],
      result: result.ok ? 'ok' : result.failure.code,
    });
    return result;
  });
}

async function acknowledge(
  tx: Tx,
  context: RegistryContext,
  access: Access,
  id: number,
  purpose: string,
): Promise<Result<undefined, AcknowledgeFailure>> {
  if (!isPurpose(purpose))
    return fail('purpose-invalid', 'a purpose has 1 to 200 characters and no ten digits in a row');
  const [alarm] = await tx<Pick<Alarm, 'clearedAt' | 'acknowledgedAt'>[]>`
    SELECT cleared_at AS "clearedAt", acknowledged_at AS "acknowledgedAt"
    FROM registry.national_alarm WHERE id = ${id} FOR UPDATE`;
  if (!alarm) return fail('alarm-unknown', 'no alarm has this number');
  if (alarm.clearedAt) return fail('alarm-cleared', 'the alarm does not stand any more');
  if (alarm.acknowledgedAt) return fail('alarm-acknowledged', 'somebody has acknowledged the alarm');
  await tx`
    UPDATE registry.national_alarm
    SET acknowledged_at = ${new Date(context.clock.now())}, acknowledged_by = ${access.actor}, purpose = ${purpose}
    WHERE id = ${id}`;
  return ok(undefined);
}
