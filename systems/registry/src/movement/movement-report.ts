/**
 * A closed month handed out: totals by reason, and the lines as CSV, read page by page. Who takes it is on the ledger, who
 * is refused too; no person's data are in it.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { DatedRules } from '@ishizue/rules';
import type { Access } from '../access.ts';
import { findAgencies } from '../provision/agencies.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { closeMovementMonths, type MovementFailure, type MovementMonth } from './close-movement-months.ts';

/** Statistics of population are the minister's (総務大臣), who asks for them under art. 37. */
const MOVEMENT_RECIPIENTS = new DatedRules<ReadonlySet<string>>('recipients of population movement', [
  {
    validFrom: '2013-12-01',
    source: '住民基本台帳法 第37条; 統計法 (住民基本台帳人口移動報告)',
    rule: new Set(['agency/statistics-bureau']),
  },
]);

export type MovementRefusal =
  | MovementFailure
  | 'agency-unknown'
  | 'agency-suspended'
  | 'movement-not-permitted';

const LINES_A_PAGE = 5_000;
const COLUMNS = ['month', 'municipality', 'reason', 'kind', 'event_month', 'sex', 'age', 'count'];
const SEXES: Readonly<Record<number, string>> = { 1: 'male', 2: 'female', 3: 'unknown' };

/** How many by reason and kind. */
export interface MovementTotal {
  readonly reason: string;
  readonly kind: 'current' | 'late' | 'undone';
  readonly count: number;
}

export interface MovementReport extends MovementMonth {
  readonly totals: readonly MovementTotal[];
  /** The lines as CSV with a header, in a stable order. */
  readonly csv: AsyncIterable<string>;
}

/** A month's report; the month is closed where it has not been. */
export async function movementReport(
  context: RegistryContext,
  access: Access,
  month: string,
): Promise<Result<MovementReport, MovementFailure>> {
  const closed = await closeMovementMonths(context, access, month);
  const totals = await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await recordEntry(tx, {
      site: NATIONAL_SITE,
      at: context.clock.now(),
      ...access,
      subject: null,
      fields: ['population-movement'],
      result: closed.ok ? 'ok' : closed.failure.code,
    });
    return closed.ok ? readTotals(tx, month) : [];
  });
  return closed.ok ? ok({ ...closed.value, totals, csv: linesOf(context, month) }) : closed;
}

/** The report for an agency that asks for it. */
export async function movementReportFor(
  context: RegistryContext,
  access: Access,
  agency: string,
  month: string,
): Promise<Result<MovementReport, MovementRefusal>> {
  const refused = await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const known = (await findAgencies(tx, [agency])).get(agency);
    const isEntitled = MOVEMENT_RECIPIENTS.get(dateInTokyo(context.clock.now())).has(agency);
    const code = !known
      ? 'agency-unknown'
      : known.status === 'suspended'
        ? 'agency-suspended'
        : isEntitled
          ? undefined
          : 'movement-not-permitted';
    if (code === undefined) return undefined;
    await recordEntry(tx, {
      site: NATIONAL_SITE,
      at: context.clock.now(),
      ...access,
      subject: null,
      fields: ['population-movement'],
      result: code,
    });
    return fail(code, 'the agency is not given population movement');
  });
  return refused ?? movementReport(context, access, month);
}

async function readTotals(tx: Tx, month: string): Promise<readonly MovementTotal[]> {
  const rows = await tx<MovementTotal[]>`
    SELECT reason, kind, sum(count)::bigint AS count FROM registry.national_movement
    WHERE month = ${month} GROUP BY reason, kind ORDER BY reason, kind`;
  return [...rows];
}

interface Line {
  readonly municipality: string;
  readonly reason: string;
  readonly kind: string;
  readonly eventMonth: string;
  readonly sex: number;
  readonly age: number;
  readonly count: number;
}

/** A closed month is never altered: pages of several transactions fit. */
async function* linesOf(context: RegistryContext, month: string): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  let last: Line = { municipality: '', reason: '', kind: '', eventMonth: '', sex: 0, age: -2, count: 0 };
  for (;;) {
    const after = last;
    const lines = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
      readPage(tx, month, after),
    );
    yield lines.map((line) => `${month},${formatLine(line)}\r\n`).join('');
    last = lines.at(-1) ?? after;
    if (lines.length < LINES_A_PAGE) return;
  }
}

async function readPage(tx: Tx, month: string, after: Line): Promise<readonly Line[]> {
  return tx<Line[]>`
    SELECT municipality_code AS municipality, reason, kind, event_month AS "eventMonth", sex, age, count
    FROM registry.national_movement
    WHERE month = ${month} AND (municipality_code, reason, kind, event_month, sex, age) >
      (${after.municipality}, ${after.reason}, ${after.kind}, ${after.eventMonth}, ${after.sex}::smallint,
        ${after.age}::smallint)
    ORDER BY municipality_code, reason, kind, event_month, sex, age LIMIT ${LINES_A_PAGE}`;
}

function formatLine({ municipality, reason, kind, eventMonth, sex, age, count }: Line): string {
  const shownAge = age < 0 ? '' : age;
  return [municipality, reason, kind, eventMonth, SEXES[sex] ?? '', shownAge, count].join(',');
}
