/**
 * Letters that came back (返戻): a file with the number from the bar code, the reason and the day, row by row. A row is refused
 * alone, with its code: a number that was misread, a letter that was never handed over, one that came back before. Rows are
 * taken in chunks, each in one transaction with the entries of the persons it names.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { CsvRecord } from '@ishizue/csv';
import { readRecords } from '@ishizue/csv';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { isIsoDate } from '@ishizue/text';
import type { CardsContext } from '../cards-context.ts';
import type { ReturnsBook } from './letter-book.ts';
import { parseNoticeNumber } from './notice-number.ts';

const RETURN_REASONS = ['address-unknown', 'moved-away', 'not-collected', 'refused'] as const;
type ReturnReason = (typeof RETURN_REASONS)[number];

type RowFailure =
  | 'row-malformed'
  | 'notice-number-malformed'
  | 'notice-number-check-digit'
  | 'return-reason-unknown'
  | 'day-out-of-bounds'
  | 'notice-unknown'
  | 'notice-not-handed-over'
  | 'notice-already-returned'
  /** Twice in the file. */
  | 'row-repeated';

export interface RejectedReturn {
  /** From 1, the heading not counted. */
  readonly row: number;
  readonly code: RowFailure;
}

export interface ReturnsReport {
  readonly rows: number;
  readonly returned: number;
  readonly rejected: number;
}

const EXPIRY_NOTICES: ReturnsBook = { letter: 'E', table: 'cards.expiry_notice', field: 'expiry-notice' };

export interface ReturnsFile {
  /** With a heading: `notice,reason,returned_on`. */
  readonly text: AsyncIterable<string>;
  readonly access: Access;
  readonly reject: (row: RejectedReturn) => Promise<void>;
  /** Notices of expiry unless told. */
  readonly book?: ReturnsBook;
}

const HEADING = ['notice', 'reason', 'returned_on'];
const CHUNK_ROWS = 1_000;

interface ReturnRow {
  readonly row: number;
  readonly noticeId: number;
  readonly reason: ReturnReason;
  readonly on: string;
}

/** Takes the file; what was taken from it stays taken where the rest cannot be read. */
export async function takeReturns(
  cards: CardsContext,
  { text, access, reject, book = EXPIRY_NOTICES }: ReturnsFile,
): Promise<Result<ReturnsReport, 'heading-unexpected'>> {
  let rows = 0;
  let returned = 0;
  let rejected = 0;
  let hasHeading = false;
  let chunk: ReturnRow[] = [];
  const refuse = async (row: number, code: RowFailure): Promise<void> => {
    rejected += 1;
    await reject({ row, code });
  };
  const flush = async (): Promise<void> => {
    const decided = await applyChunk(cards, access, book, chunk);
    returned += chunk.length - decided.length;
    chunk = [];
    for (const { row, code } of decided) await refuse(row, code);
  };
  const today = dateInTokyo(cards.clock.now());
  for await (const records of readRecords(text)) {
    for (const record of records) {
      if (!hasHeading) {
        if (record?.join() !== HEADING.join()) return fail('heading-unexpected', `not ${HEADING.join()}`);
        hasHeading = true;
        continue;
      }
      rows += 1;
      const parsed = parseRow(book, record, rows, today);
      if (!parsed.ok) await refuse(rows, parsed.failure.code);
      else if (chunk.push(parsed.value) === CHUNK_ROWS) await flush();
    }
  }
  if (!hasHeading) return fail('heading-unexpected', 'the file is empty');
  await flush();
  return ok({ rows, returned, rejected });
}

function parseRow(
  { letter }: ReturnsBook,
  record: CsvRecord,
  row: number,
  today: string,
): Result<ReturnRow, RowFailure> {
  if (record?.length !== HEADING.length) return fail('row-malformed', 'not three fields');
  const [number = '', given = '', on = ''] = record;
  const noticeId = parseNoticeNumber(number, letter);
  if (!noticeId.ok) return noticeId;
  const reason = RETURN_REASONS.find((each) => each === given);
  if (!reason) return fail('return-reason-unknown', RETURN_REASONS.join());
  if (!isIsoDate(on) || on > today) return fail('day-out-of-bounds', 'no date, or one to come');
  return ok({ row, noticeId: noticeId.value, reason, on });
}

interface Standing {
  readonly noticeId: number;
  readonly residentCode: string;
  readonly state: string;
  readonly stateOn: string;
}

/** Answers the rows that were refused. */
async function applyChunk(
  cards: CardsContext,
  access: Access,
  { table, field }: ReturnsBook,
  chunk: readonly ReturnRow[],
): Promise<readonly RejectedReturn[]> {
  if (chunk.length === 0) return [];
  return inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
    const ids = [...new Set(chunk.map(({ noticeId }) => noticeId))];
    const found = await tx<Standing[]>`
      SELECT notice_id AS "noticeId", resident_code AS "residentCode", state, state_on AS "stateOn"
      FROM ${tx(table)} WHERE notice_id = ANY(${ids}) ORDER BY notice_id FOR UPDATE`;
    const standing = new Map(found.map((notice) => [notice.noticeId, notice]));
    const taken = new Map<number, ReturnRow>();
    const rejected: RejectedReturn[] = [];
    const results: { readonly residentCode: string; readonly result: string }[] = [];
    for (const row of chunk) {
      const notice = standing.get(row.noticeId);
      const code = refusalOf(notice, row, taken.has(row.noticeId));
      if (code) rejected.push({ row: row.row, code });
      else taken.set(row.noticeId, row);
      if (notice) results.push({ residentCode: notice.residentCode, result: code ?? row.reason });
    }
    await storeReturned(tx, table, [...taken.values()]);
    const { correlation, ...common } = access;
    await recordAlike(
      tx,
      { site: NATIONAL_SITE, at: cards.clock.now(), ...common, fields: [field, 'return-reason'] },
      results.map(({ residentCode, result }) => ({
        subject: cards.pseudonyms.of(NATIONAL_SITE, residentCode),
        result,
        correlation,
      })),
    );
    return rejected;
  });
}

function refusalOf(
  notice: Standing | undefined,
  { on }: ReturnRow,
  isRepeated: boolean,
): RowFailure | undefined {
  if (!notice) return 'notice-unknown';
  if (isRepeated) return 'row-repeated';
  if (notice.state === 'returned') return 'notice-already-returned';
  if (notice.state !== 'handed-over') return 'notice-not-handed-over';
  return on < notice.stateOn ? 'day-out-of-bounds' : undefined;
}

async function storeReturned(tx: Tx, table: ReturnsBook['table'], rows: readonly ReturnRow[]): Promise<void> {
  await tx`
    UPDATE ${tx(table)} AS n SET state = 'returned', return_reason = r.reason, state_on = r."on"
    FROM jsonb_to_recordset(${tx.json(rows.map((row) => ({ ...row })))}) AS r("noticeId" int, reason text, "on" date)
    WHERE n.notice_id = r."noticeId"`;
}
