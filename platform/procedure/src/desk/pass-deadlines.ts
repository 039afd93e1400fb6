/**
 * What happens the day after a deadline: the clock's move, or an alarm and a notice for the deadline's owner. Works through the
 * open cases past their day in pieces; a case that has moved is no longer among them, and an alarm is raised once for a day.
 */
import { randomUUID } from 'node:crypto';
import type { IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import type { DeadlineFacts, Definition } from '../define/definition.ts';
import { CLOCK } from './acting.ts';
import { carryOut } from './carry-out.ts';
import { storeNotices } from './notices.ts';
import type { DeskPlace } from './place.ts';

export interface PassedReport {
  readonly moved: number;
  /** Cases that the guard or the effect of the clock's move refused: tried again at the next run. */
  readonly refused: number;
  readonly alarms: number;
}

interface Late {
  readonly caseId: number;
  readonly deadline: string;
  readonly dueOn: IsoDate;
  readonly sequence: number;
  readonly version: IsoDate;
  readonly applicant: string;
}

const AT_ONCE = 2_000;

export async function passDeadlines(place: DeskPlace): Promise<PassedReport> {
  const { today } = place.moment();
  let [moved, refused, alarms] = [0, 0, 0];
  let last: Pick<Late, 'caseId' | 'dueOn'> = { caseId: 0, dueOn: '0001-01-01' };
  for (;;) {
    const late = await readLate(place, today, last);
    const end = late.at(-1);
    if (!end) return { moved, refused, alarms };
    last = end;
    for (const group of Map.groupBy(late, ({ version, deadline }) => `${version} ${deadline}`).values()) {
      const [{ version, deadline } = end] = group;
      const definition = place.versions.kept(version);
      const facts = definition.deadlines[deadline];
      if (!facts)
        throw new Error(`${definition.id}: a case has the deadline ${deadline}, which is not declared`);
      if ('move' in facts.passed) {
        const done = await moveLate(place, facts.passed.move, group);
        moved += done.moved;
        refused += done.refused;
      } else alarms += await raiseAlarms(place, definition, facts, facts.passed.alarm, group);
    }
  }
}

function readLate(
  { sql, site, kind }: DeskPlace,
  today: IsoDate,
  last: Pick<Late, 'caseId' | 'dueOn'>,
): Promise<readonly Late[]> {
  return inTransaction(
    sql,
    { site },
    async (tx) =>
      tx<Late[]>`
      SELECT s.case_id AS "caseId", s.deadline, s.due_on AS "dueOn", s.sequence, f.version, f.applicant
      FROM procedure.case_state s JOIN procedure.case_file f ON f.id = s.case_id
      WHERE s.kind = ${kind} AND s.due_on < ${today}::date
        AND (s.due_on, s.case_id) > (${last.dueOn}::date, ${last.caseId}::bigint)
        AND NOT EXISTS (
          SELECT FROM procedure.alarm a
          WHERE a.case_id = s.case_id AND a.deadline = s.deadline AND a.due_on = s.due_on
        )
      ORDER BY s.due_on, s.case_id LIMIT ${AT_ONCE}`,
  );
}

async function moveLate(
  place: DeskPlace,
  move: string,
  late: readonly Late[],
): Promise<{ readonly moved: number; readonly refused: number }> {
  const request = `clock-${randomUUID()}`;
  const by = { actor: CLOCK, terminal: '', correlation: randomUUID() };
  // a case that was moved since it was read is passed over: its deadline may have been met
  const rows = late.map(({ caseId, sequence }, row) => ({
    row,
    caseId,
    expected: sequence,
    own: undefined,
    form: undefined,
  }));
  const carried = await carryOut(
    place,
    by,
    { isOpening: false, move, request, rows, sharedOwn: undefined },
    false,
  );
  if (!carried.ok) throw new Error(`the clock's move ${move}: ${carried.failure.code}`);
  return { moved: carried.value.moved.length, refused: carried.value.refused.length };
}

function raiseAlarms(
  place: DeskPlace,
  definition: Definition,
  { owner }: DeadlineFacts,
  words: { readonly ja: string; readonly en: string },
  late: readonly Late[],
): Promise<number> {
  const { at } = place.moment();
  return inTransaction(place.sql, { site: place.site }, async (tx) => {
    const raised = await insertAlarms(tx, place.kind, owner, late, at);
    const fresh = late.filter(({ caseId }) => raised.has(caseId));
    const notices = fresh.map(({ caseId, sequence, applicant, dueOn }) => ({
      caseId,
      sequence,
      recipient: owner === 'applicant' ? `applicant:${applicant}` : owner,
      ja: `${definition.title.ja} ${caseId}（${dueOn}）：${words.ja}`,
      en: `${definition.title.en} ${caseId} (${dueOn}): ${words.en}`,
    }));
    await storeNotices(tx, place.kind, notices, at);
    return fresh.length;
  });
}

async function insertAlarms(
  tx: Tx,
  kind: number,
  owner: string,
  late: readonly Late[],
  at: number,
): Promise<ReadonlySet<number>> {
  const rows = await tx<{ caseId: number }[]>`
    INSERT INTO procedure.alarm (kind, case_id, deadline, due_on, owner, raised_at)
    SELECT ${kind}, case_id, deadline, due_on, ${owner}, ${new Date(at)}
    FROM unnest(${late.map(({ caseId }) => caseId)}::bigint[], ${late.map(({ deadline }) => deadline)}::text[],
      ${late.map(({ dueOn }) => dueOn)}::date[]) AS given(case_id, deadline, due_on)
    ON CONFLICT DO NOTHING RETURNING case_id AS "caseId"`;
  return new Set(rows.map(({ caseId }) => caseId));
}
