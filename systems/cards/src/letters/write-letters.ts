/**
 * A batch of letters of one kind: of one municipality, up to a hundred. Claimed, then printed, then booked, each in a transaction
 * of its own, so that a batch that was killed goes on under the same id and nobody is written to twice. Names and
 * addresses are those of the printing; they are in the files only.
 */
import { dateInTokyo, type IsoDate, startOfDateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { inOnePiece, missingClusters, putDocument, renderDocument } from '@ishizue/pdf';
import { type Access, type Addressee, NATIONAL_SITE } from '@ishizue/registry';
import { recordCardEntries } from '../card-entries.ts';
import {
  type ClaimedLetter,
  COUNTRY,
  type LetterBook,
  type LetterOutcome,
  type LetterPage,
  type LetterRun,
} from './letter-book.ts';
import type { LetterDesk } from './letter-desk.ts';
import { lineOf, renderSound } from './letter-file.ts';
import { noticeNumberOf } from './notice-number.ts';

/** Letters of a batch, and of a file. */
const BATCH_LETTERS = 100;

export type LetterRunFailure = 'run-id-malformed' | 'run-of-another-municipality';

export interface LetterRunReport {
  readonly runId: string;
  /** How many letters are in each state. */
  readonly states: Readonly<Record<string, number>>;
}

/** @param run.runId of the caller's: `[0-9a-z-]{8,40}`; the same goes on, or is told again */
export async function writeLetters<Row extends ClaimedLetter>(
  desk: LetterDesk,
  access: Access,
  book: LetterBook<Row>,
  run: LetterRun,
): Promise<Result<LetterRunReport, LetterRunFailure>> {
  const { runId } = run;
  if (!/^[0-9a-z-]{8,40}$/.test(runId))
    return fail('run-id-malformed', 'a run id is 8 to 40 of 0-9, a-z and -');
  const { cards } = desk;
  const atCentre = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
    inTransaction(cards.sql, { site: NATIONAL_SITE }, work);
  const isOurs = await atCentre((tx) => claim(tx, desk, access, book, run));
  if (!isOurs) return fail('run-of-another-municipality', 'the run was of another municipality');
  const claimed = await atCentre((tx) => book.claimed(tx, runId));
  const outcomes = claimed.length === 0 ? [] : await writeFiles(desk, access, book, run, claimed);
  return atCentre(async (tx) => {
    const codes = new Map(claimed.map(({ noticeId, residentCode }) => [noticeId, residentCode]));
    const on = dateInTokyo(cards.clock.now());
    const stored = await storeOutcomes(tx, book, outcomes, on);
    const booked = outcomes.filter(({ noticeId }) => stored.has(noticeId));
    const left = booked.flatMap(({ noticeId, trouble }) => (trouble === null ? [] : [noticeId]));
    if (left.length > 0) await book.left?.(tx, left, on);
    const touched = booked.map(({ noticeId, trouble }) => ({
      residentCode: codes.get(noticeId) ?? '',
      result: trouble ?? 'made',
    }));
    await recordCardEntries(tx, cards, access, [book.field, 'name', 'address'], touched);
    const rows = await tx<{ state: string; n: number }[]>`
      SELECT state, count(*)::int AS n FROM ${tx(book.table)} WHERE run_id = ${runId} GROUP BY state`;
    return ok({ runId, states: Object.fromEntries(rows.map(({ state, n }) => [state, n])) });
  });
}

/** Enters the letters of a run that is new; false where it is another municipality's. */
async function claim<Row extends ClaimedLetter>(
  tx: Tx,
  { cards }: LetterDesk,
  access: Access,
  book: LetterBook<Row>,
  run: LetterRun,
): Promise<boolean> {
  const { runId, municipality } = run;
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`${book.table} ${runId}`}, 0))`;
  const [earlier] = await tx<{ municipality: string }[]>`
    SELECT municipality FROM ${tx(book.table)} WHERE run_id = ${runId} LIMIT 1`;
  if (earlier) return earlier.municipality === municipality;
  const codes = await book.enter(tx, run, dateInTokyo(cards.clock.now()), BATCH_LETTERS);
  const touched = codes.map((residentCode) => ({ residentCode, result: 'claimed' }));
  await recordCardEntries(tx, cards, access, [book.field], touched);
  return true;
}

interface Letter<Row> {
  readonly noticeId: number;
  readonly page: LetterPage<Row>;
}

async function writeFiles<Row extends ClaimedLetter>(
  desk: LetterDesk,
  access: Access,
  book: LetterBook<Row>,
  { runId, municipality }: LetterRun,
  claimed: readonly Row[],
): Promise<readonly LetterOutcome[]> {
  const addressees = await desk.findAddressees(
    access,
    claimed.map(({ residentCode }) => residentCode),
  );
  const outcomes: LetterOutcome[] = [];
  const letters: Letter<Row>[] = [];
  const { municipalities } = desk.cards.registry;
  for (const row of claimed) {
    const addressee = addressees.get(row.residentCode);
    const trouble = troubleOf(desk, municipality, addressee, book.textOf?.(row) ?? '');
    const { noticeId } = row;
    if (!addressee || trouble !== null)
      outcomes.push({ noticeId, trouble: trouble ?? 'person-unknown', isAtCounter: false });
    else {
      const { name, isSupported } = addressee;
      const address = isSupported ? null : addressee.address;
      const number = noticeNumberOf(noticeId, book.letter);
      const body = municipalities.fullName(addressee.municipality);
      letters.push({ noticeId, page: { row, number, name, address, municipality: body } });
    }
  }
  const at = startOfDateInTokyo(claimed[0]?.stateOn ?? '');
  const prefix = `${runId}-${municipality}`;
  for (const isAtCounter of [false, true]) {
    const name = isAtCounter ? `${prefix}-counter` : prefix;
    const wanted = letters.filter(({ page }) => (page.address === null) === isAtCounter);
    const { document, printed, failed } = await renderSound(wanted, (some) => {
      const pages = some.map(({ page }) => page);
      return renderDocument(desk.typeface, book.paper(name, pages, at));
    });
    await putDocument(desk.files, `${name}.pdf`, document?.bytes);
    if (!isAtCounter) await desk.files.write(`${prefix}-addresses.csv`, inOnePiece(addressFile(printed)));
    outcomes.push(
      ...failed.map(({ letter, code }) => ({ noticeId: letter.noticeId, trouble: code, isAtCounter: false })),
      ...printed.map(({ noticeId }) => ({ noticeId, trouble: null, isAtCounter })),
    );
  }
  return outcomes;
}

const addressFile = (printed: readonly Letter<unknown>[]): Buffer =>
  Buffer.from(
    [
      lineOf(['notice', 'page', 'name', 'address']),
      ...printed.map(({ page }, index) => lineOf([page.number, index + 1, page.name, page.address ?? ''])),
    ].join(''),
  );

function troubleOf(
  { typeface }: LetterDesk,
  municipality: string,
  addressee: Addressee | undefined,
  more: string,
): string | null {
  if (!addressee) return 'person-unknown';
  if (addressee.status !== 'resident') return 'person-not-resident';
  if (municipality !== COUNTRY && addressee.municipality !== municipality) return 'moved-meanwhile';
  const missing = missingClusters(typeface, addressee.name + addressee.address + more);
  return missing.length > 0 ? 'character-not-printable' : null;
}

/** Answers the letters that were booked now: another process may have written the same batch. */
async function storeOutcomes(
  tx: Tx,
  { table }: { readonly table: string },
  outcomes: readonly LetterOutcome[],
  on: IsoDate,
): Promise<ReadonlySet<number>> {
  const rows = await tx<{ noticeId: number }[]>`
    UPDATE ${tx(table)} AS n SET state = CASE WHEN o.trouble IS NULL THEN 'made' ELSE 'left' END,
      is_at_counter = o."isAtCounter", trouble = o.trouble, state_on = ${on}
    FROM jsonb_to_recordset(${tx.json(outcomes.map((one) => ({ ...one })))}) AS o("noticeId" int, "isAtCounter" boolean,
      trouble text)
    WHERE n.notice_id = o."noticeId" AND n.state = 'claimed' RETURNING n.notice_id AS "noticeId"`;
  return new Set(rows.map(({ noticeId }) => noticeId));
}
