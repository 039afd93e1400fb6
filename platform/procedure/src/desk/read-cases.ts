/**
 * Reading: a case, its history, an inbox page, a file. Each writes ledger entries for the cases that it shows, and for refusals,
 * in the same transaction; whoever may not know of a case is told that there is none.
 */
import type { IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { AnyForm, Definition } from '../define/definition.ts';
import { type ActingBy, authorityFor, keyOf, type Lent, mayReview, maySee } from './acting.ts';
import { type CaseRow, fileColumns, readCases, stateColumns } from './case-rows.ts';
import { lentTo } from './delegations.ts';
import type { DeskPlace } from './place.ts';
import { recordTouched, type ToRecord } from './record-moves.ts';

/** A case as an actor sees it. */
export interface CaseView extends CaseRow {
  /** The moves that they may make now, as far as it can be seen without trying. */
  readonly moves: readonly string[];
}

export interface HistoryLine {
  readonly sequence: number;
  readonly at: Date;
  readonly move: string;
  /** `operator:…` */
  readonly actor: string;
  readonly onBehalf: string | null;
  readonly state: string;
  readonly own: AnyForm | null;
  readonly replaced: { readonly form?: AnyForm; readonly record?: AnyForm } | null;
  readonly request: string;
  /** What the move told: the applicant sees what is for them, whoever reviews sees all. */
  readonly notices: readonly NoticeShown[];
}

interface NoticeShown {
  /** `applicant` or `role:…` */
  readonly to: string;
  readonly ja: string;
  readonly en: string;
  /** `page`, `post` or `office`; null while it waits. */
  readonly channel: string | null;
}

export interface InboxFilter {
  readonly state?: string | undefined;
  /** Only cases whose deadline ends before this day, by that day. */
  readonly dueBefore?: IsoDate | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  /** 1 to 100; 50 where absent. */
  readonly limit?: number | undefined;
}

export interface InboxPage {
  readonly cases: readonly CaseRow[];
  /** For `after`, where there is more. */
  readonly next: string | undefined;
}

const PAGE = 50;
const PAGE_MAX = 100;
const HISTORY_MAX = 1_000;

export const readCase = (
  place: DeskPlace,
  by: ActingBy,
  caseId: number,
): Promise<Result<CaseView, 'case-unknown'>> =>
  withCase(place, by, caseId, 'read', (_tx, found, definition, lent) => {
    const moves = Object.entries(definition.moves).flatMap(([name, move]) =>
      move.from !== 'new' && move.from.includes(found.state) && authorityFor(by.actor, lent, move, found)
        ? [name]
        : [],
    );
    return Promise.resolve({ ...found, moves });
  });

export const readHistory = (
  place: DeskPlace,
  by: ActingBy,
  caseId: number,
): Promise<Result<readonly HistoryLine[], 'case-unknown'>> =>
  withCase(place, by, caseId, 'read-history', async (tx, _found, definition, lent) => {
    const lines = await tx<HistoryLine[]>`
        SELECT h.sequence, a.at, a.move, a.actor, h.on_behalf AS "onBehalf", h.state, coalesce(h.own, a.own) AS own,
          h.replaced, a.request, coalesce(told.notices, '[]') AS notices
        FROM procedure.history h JOIN procedure.act a ON a.id = h.act
        LEFT JOIN LATERAL (
          SELECT jsonb_agg(jsonb_build_object('to', CASE WHEN n.recipient LIKE 'applicant:%' THEN 'applicant'
            ELSE n.recipient END, 'ja', n.ja, 'en', n.en, 'channel', n.channel) ORDER BY n.id) AS notices
          FROM procedure.notice n WHERE n.case_id = h.case_id AND n.sequence = h.sequence AND n.kind = h.kind
        ) told ON true
        WHERE h.case_id = ${caseId} AND h.kind = ${place.kind} ORDER BY h.sequence LIMIT ${HISTORY_MAX}`;
    const isOffice = mayReview(by.actor, lent, definition);
    return lines.map((line) => ({
      ...line,
      notices: line.notices.filter(({ to }) => isOffice || to === 'applicant'),
    }));
  });

/** Does something with a case that the actor may see, and records it either way. */
export function withCase<T>(
  place: DeskPlace,
  by: ActingBy,
  caseId: number,
  act: string,
  work: (tx: Tx, found: CaseRow, definition: Definition, lent: readonly Lent[]) => Promise<T>,
): Promise<Result<T, 'case-unknown'>> {
  const { at } = place.moment();
  return inTransaction(place.sql, { site: place.site }, async (tx): Promise<Result<T, 'case-unknown'>> => {
    const isNumber = Number.isSafeInteger(caseId) && caseId > 0;
    const lent = await lentTo(tx, place.kind, by.actor, at);
    const cases = await readCases(tx, place.kind, isNumber ? [caseId] : [], {
      isLocked: false,
      withForm: true,
    });
    const found = cases.get(caseId);
    const definition = found ? place.versions.kept(found.version) : place.versions.all[0];
    if (!definition) throw new Error('a procedure without a version');
    const isSeen = found !== undefined && maySee(by.actor, lent, definition, found);
    await recordTouched(tx, entryFor(place, by, definition, act, at), [
      { subject: found?.subject, result: isSeen ? 'ok' : 'case-unknown' },
    ]);
    return isSeen
      ? ok(await work(tx, found, definition, lent))
      : fail('case-unknown', 'there is no such case');
  });
}

function entryFor(
  { site, pseudonyms }: DeskPlace,
  by: ActingBy,
  { id, basis, form }: Definition,
  act: string,
  at: number,
): ToRecord {
  const fields = ['state', ...Object.keys(form)];
  return { site, pseudonyms, by, at, article: basis, affair: `${id}-${act}`, fields };
}

/** Open cases for who reviews; for others those that they applied for, or act in for the applicant. */
export function readInbox(
  place: DeskPlace,
  by: ActingBy,
  filter: InboxFilter,
): Promise<Result<InboxPage, 'cursor-malformed'>> {
  const { at, today } = place.moment();
  const limit = Math.min(Math.max(filter.limit ?? PAGE, 1), PAGE_MAX);
  const cursor = parseCursor(filter.after);
  if (!cursor) return Promise.resolve(fail('cursor-malformed', 'not where a page ended'));
  const definition = place.versions.find(today) ?? place.versions.all[0];
  if (!definition) throw new Error('a procedure without a version');
  return inTransaction(place.sql, { site: place.site }, async (tx) => {
    const lent = await lentTo(tx, place.kind, by.actor, at);
    const found = mayReview(by.actor, lent, definition)
      ? await openCases(tx, place, filter, cursor, limit + 1)
      : await ownCases(tx, place, [keyOf(by.actor)], lent, filter, cursor, limit + 1);
    const cases = found.slice(0, limit);
    const entry = entryFor(place, by, { ...definition, form: pick(definition) }, 'inbox', at);
    await recordTouched(
      tx,
      entry,
      cases.map(({ subject }) => ({ subject, result: 'ok' })),
    );
    const last = cases.at(-1);
    const next = found.length > limit && last ? cursorOf(last, filter) : undefined;
    return ok({ cases, next });
  });
}

const pick = ({ form, inbox }: Definition): Definition['form'] =>
  Object.fromEntries(Object.entries(form).filter(([name]) => inbox.includes(name)));

interface Cursor {
  readonly dueOn: IsoDate;
  readonly caseId: number;
}

function parseCursor(text: string | undefined): Cursor | undefined {
  const [, dueOn = '0001-01-01', caseId = '0'] =
    /^(?:(\d{4}-\d{2}-\d{2})~)?(\d{1,15})$/.exec(text ?? '0') ?? [];
  if (text !== undefined && !/^(?:\d{4}-\d{2}-\d{2}~)?\d{1,15}$/.test(text)) return undefined;
  return Number.isNaN(Date.parse(dueOn)) ? undefined : { dueOn, caseId: Number(caseId) };
}

const cursorOf = ({ dueOn, caseId }: CaseRow, { dueBefore }: InboxFilter): string =>
  dueBefore === undefined ? String(caseId) : `${dueOn ?? ''}~${caseId}`;

const columns = (tx: Tx) => tx`${stateColumns(tx)}, ${fileColumns(tx, true)}`;

async function openCases(
  tx: Tx,
  { kind, versions }: DeskPlace,
  { state, dueBefore }: InboxFilter,
  cursor: Cursor,
  limit: number,
): Promise<readonly CaseRow[]> {
  if (dueBefore !== undefined)
    return tx<CaseRow[]>`
      SELECT ${columns(tx)} FROM procedure.case_state s JOIN procedure.case_file f ON f.id = s.case_id
      WHERE s.kind = ${kind} AND s.due_on < ${dueBefore}::date
        AND (s.due_on, s.case_id) > (${cursor.dueOn}::date, ${cursor.caseId}::bigint)
        AND (${state ?? null}::text IS NULL OR s.state = ${state ?? null})
      ORDER BY s.due_on, s.case_id LIMIT ${limit}`;
  const open = versions.all.flatMap(({ states }) =>
    Object.entries(states).flatMap(([name, { closed }]) =>
      closed || (state !== undefined && state !== name) ? [] : [name],
    ),
  );
  // a page of each state by the index, and of these the first: as many rows as there are states, not as there are cases
  return tx<CaseRow[]>`
    SELECT ${columns(tx)}
    FROM (
      SELECT of_state.case_id
      FROM unnest(${[...new Set(open)]}::text[]) AS wanted(state) CROSS JOIN LATERAL (
        SELECT s.case_id FROM procedure.case_state s
        WHERE s.kind = ${kind} AND s.state = wanted.state AND s.is_open AND s.case_id > ${cursor.caseId}
        ORDER BY s.case_id LIMIT ${limit}
      ) of_state
      ORDER BY of_state.case_id LIMIT ${limit}
    ) paged
    JOIN procedure.case_state s USING (case_id) JOIN procedure.case_file f ON f.id = s.case_id
    ORDER BY s.case_id`;
}

async function ownCases(
  tx: Tx,
  { kind }: DeskPlace,
  self: readonly string[],
  lent: readonly Lent[],
  { state, dueBefore }: InboxFilter,
  cursor: Cursor,
  limit: number,
): Promise<readonly CaseRow[]> {
  const applicants = [
    ...self,
    ...lent.flatMap(({ from, caseId, role }) => (caseId === null && role === null ? [from] : [])),
  ];
  const single = lent.flatMap(({ caseId }) => (caseId === null ? [] : [caseId]));
  return tx<CaseRow[]>`
    SELECT ${columns(tx)} FROM procedure.case_file f JOIN procedure.case_state s ON s.case_id = f.id
    WHERE f.kind = ${kind} AND (f.applicant = ANY (${applicants}::text[]) OR f.id = ANY (${single}::bigint[]))
      AND f.id > ${cursor.caseId} AND (${state ?? null}::text IS NULL OR s.state = ${state ?? null})
      AND (${dueBefore ?? null}::date IS NULL OR s.due_on < ${dueBefore ?? null}::date)
    ORDER BY f.id LIMIT ${limit}`;
}
