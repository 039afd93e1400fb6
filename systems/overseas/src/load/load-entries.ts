/**
 * Loads a municipality's entries from a file (初期登録): the file is read once as a stream, every row is checked, good rows
 * load, bad rows are rejected with row number and code. The same file again changes nothing; killed in between, it goes
 * on. A file that cannot be read as a whole, or is not the one that was announced, loads nothing. Flow:
 * docs/flows/overseas.md step 1.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Sql } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, municipalSite } from '@ishizue/registry';
import type { FileEncoding } from '@ishizue/text';
import type { OverseasContext } from '../overseas-context.ts';
import type { EntryFields, EntryHeaderFailure } from './entry-columns.ts';
import { loadStagedEntries } from './load-staged-entries.ts';
import type { EntryRowFailure } from './parse-entry-row.ts';
import { type ReadFile, type RejectedEntry, readEntryFile } from './read-entry-file.ts';
import {
  checkStage,
  countStage,
  createStage,
  openStageWriter,
  STAGE_REFUSALS,
  type StageRefusal,
} from './staged-entries.ts';

export type EntryLoadFailure =
  | EntryHeaderFailure
  | 'municipality-unknown'
  | 'file-encoding-invalid'
  | 'checksum-differs'
  | 'row-count-differs';

/** A row that was not loaded, with its number (the header is row 1). */
export type RejectedEntryRow = RejectedEntry<EntryRowFailure | StageRefusal>;

export interface EntryLoad {
  /** Of domicile. */
  readonly municipality: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Found out from the first bytes where absent. */
  readonly encoding?: FileEncoding;
  /** What the file's cover says of it: SHA-256 in hexadecimal, rows without the header. */
  readonly announced?: { readonly sha256?: string; readonly rows?: number };
  readonly access: Access;
  /** One connection of the overseas system's role for the staging table. */
  readonly session: Sql;
  readonly reject: (row: RejectedEntryRow) => Promise<void>;
  readonly progress?: (loaded: number, of: number) => void;
}

export interface EntryLoadCounts {
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  readonly read: number;
  readonly loaded: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/** Runs a load from the first byte to the last message in the outbox. */
export async function loadEntries(
  context: OverseasContext,
  order: EntryLoad,
): Promise<Result<EntryLoadCounts, EntryLoadFailure>> {
  const { municipality, session } = order;
  if (!context.municipalities.findMunicipality(municipality))
    return fail('municipality-unknown', `${municipality} is no municipality`);
  await createStage(session);
  const read = await stageFile(context, order);
  if (!read.ok) return read;
  const announced = checkAnnounced(order, read.value);
  if (!announced.ok) return announced;
  await inTransaction(session, { site: municipalSite(municipality) }, (tx) => checkStage(tx, municipality));
  const { fresh, unchanged, refused } = await countStage(session);
  await rejectRefused(order);
  const rejected = read.value.rejected + refused;
  await noteStart(context, order, read.value, rejected);
  const loaded = await loadStagedEntries(context, session, municipality, order.access, (some) =>
    order.progress?.(some, fresh),
  );
  await noteEnd(context, order, read.value, loaded + unchanged);
  return ok({
    sha256: read.value.sha256.toString('hex'),
    read: read.value.read,
    loaded,
    unchanged,
    rejected,
  });
}

async function stageFile(
  context: OverseasContext,
  { municipality, bytes, encoding, session, reject }: EntryLoad,
): Promise<Result<ReadFile, EntryLoadFailure>> {
  const { municipalities, clock } = context;
  const row = { municipality, municipalities, today: dateInTokyo(clock.now()) };
  const writer = await openStageWriter(session);
  try {
    return await readEntryFile(bytes, encoding, row, { take: (rows) => writer.write(rows), reject });
  } finally {
    await writer.end();
  }
}

function checkAnnounced(
  { announced }: EntryLoad,
  { sha256, read }: ReadFile,
): Result<undefined, EntryLoadFailure> {
  if (announced?.sha256 !== undefined && announced.sha256.toLowerCase() !== sha256.toString('hex'))
    return fail('checksum-differs', 'the file is not the one that was announced');
  if (announced?.rows !== undefined && announced.rows !== read)
    return fail('row-count-differs', `the file has ${read} rows, ${announced.rows} were announced`);
  return ok(undefined);
}

const REJECT_BATCH = 1_000;

async function rejectRefused({ session, reject }: EntryLoad): Promise<void> {
  const refused = session<({ row_number: number; refusal: StageRefusal } & EntryFields)[]>`
    SELECT row_number, refusal, resident_code, family_register, family_register_head, name, birth_date,
      sex::text AS sex, CASE WHEN is_overseas THEN '1' ELSE '0' END AS overseas, coalesce(address, '') AS address,
      address_fixed_on::text AS address_fixed_on
    FROM pg_temp.entry_row WHERE state = 'refused' ORDER BY row_number`;
  for await (const rows of refused.cursor(REJECT_BATCH))
    for (const { row_number, refusal, ...fields } of rows)
      await reject({ row: row_number, code: refusal, detail: STAGE_REFUSALS[refusal], fields });
}

/** Notes the file before its first row is loaded; a file that was noted before stays as it was. */
async function noteStart(
  context: OverseasContext,
  { municipality, session, access }: EntryLoad,
  { sha256, read }: ReadFile,
  rejected: number,
): Promise<void> {
  await inTransaction(
    session,
    { site: municipalSite(municipality) },
    (tx) => tx`
      INSERT INTO overseas.municipal_load (municipality_code, file_sha256, operator, started_at, rows_read,
        rows_rejected)
      VALUES (${municipality}, ${sha256}, ${access.actor}, ${new Date(context.clock.now())}, ${read}, ${rejected})
      ON CONFLICT (municipality_code, file_sha256) DO NOTHING`,
  );
}

async function noteEnd(
  context: OverseasContext,
  { municipality, session }: EntryLoad,
  { sha256 }: ReadFile,
  loaded: number,
): Promise<void> {
  await inTransaction(
    session,
    { site: municipalSite(municipality) },
    (tx) => tx`
      UPDATE overseas.municipal_load SET finished_at = ${new Date(context.clock.now())}, rows_loaded = ${loaded}
      WHERE municipality_code = ${municipality} AND file_sha256 = ${sha256} AND finished_at IS NULL`,
  );
}
