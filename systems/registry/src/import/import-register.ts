/**
 * Loads a municipality's register from a file (初期登録): the file is read once as a stream, every row is checked, good
 * rows load, bad rows go to the reject file with row number and reason. The same file again changes nothing. A file that
 * cannot be read as a whole (encoding, columns) loads nothing. Flow: docs/flows/life.md step 2.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dateInTokyo } from '@ishizue/clock';
import { readRecords, TextUndecodable } from '@ishizue/csv';
import { inTransaction, type Sql } from '@ishizue/db';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { countExpectedCodes, countFreeCodes, refillCodes, requestCodes } from '../municipal/free-codes.ts';
import { CODES_IN_REQUEST_MAX } from '../national/allocate-resident-codes.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { loadStagedRows } from './load-staged-rows.ts';
import { parseRegisterRow, type RowFailure } from './parse-register-row.ts';
import { type FieldsOf, readHeader } from './read-header.ts';
import { type HeaderFailure, REGISTER_COLUMNS, type RegisterFields } from './register-columns.ts';
import {
  checkStage,
  countStage,
  createStage,
  discardBroughtCodes,
  openStageWriter,
  STAGE_REFUSALS,
  type StageRefusal,
  type StageWriter,
} from './staged-rows.ts';

export type ImportFailure =
  | HeaderFailure
  | 'municipality-unknown'
  | 'file-encoding-invalid'
  | 'codes-not-allocated';

/** A row that was not loaded. `row` counts records from 1, the header being 1. */
export interface RejectedRow {
  readonly row: number;
  readonly code: RowFailure | StageRefusal | 'row-malformed';
  readonly detail: string;
  readonly fields: RegisterFields;
}

export interface RegisterImport {
  readonly municipality: string;
  /** The file's text; a `TextUndecodable` of `@ishizue/csv` that it throws ends the import with `file-encoding-invalid`. */
  readonly text: AsyncIterable<string>;
  readonly access: Access;
  /** One connection of the registry's role for the staging table. */
  readonly session: Sql;
  readonly reject: (row: RejectedRow) => Promise<void>;
  readonly progress?: (step: ImportProgress) => void;
}

export interface ImportProgress {
  readonly step: 'read' | 'checked' | 'codes' | 'loaded';
  readonly rows: number;
  readonly of?: number;
}

export interface ImportCounts {
  readonly read: number;
  readonly loaded: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/** Runs an import from the first byte to the last notice in the outbox. */
export async function importRegister(
  context: RegistryContext,
  order: RegisterImport,
): Promise<Result<ImportCounts, ImportFailure>> {
  const { municipality, session } = order;
  if (!context.municipalities.findMunicipality(municipality))
    return fail('municipality-unknown', `${municipality} is no municipality`);
  const startedAt = new Date(context.clock.now());
  await createStage(session);
  const staged = await stageFile(context, order);
  if (!staged.ok) return staged;
  await inTransaction(session, { site: municipalSite(municipality) }, (tx) => checkStage(tx, municipality));
  const counts = await countStage(session);
  order.progress?.({ step: 'checked', rows: staged.value.read });
  await rejectRefused(order);
  const codes = await awaitCodes(context, order, counts.withoutCode);
  if (!codes.ok) return codes;
  const loaded = await loadStagedRows(context, session, municipality, order.access, (rows) =>
    order.progress?.({ step: 'loaded', rows, of: counts.fresh }),
  );
  const result: ImportCounts = {
    read: staged.value.read,
    loaded,
    unchanged: counts.unchanged,
    rejected: staged.value.rejected + counts.refused,
  };
  await recordLoad(context, order, startedAt, result);
  return ok(result);
}

interface StagedFile {
  readonly read: number;
  readonly rejected: number;
}

async function stageFile(
  context: RegistryContext,
  order: RegisterImport,
): Promise<Result<StagedFile, ImportFailure>> {
  const writer = await openStageWriter(order.session);
  try {
    return await stageRecords(context, order, writer);
  } catch (error) {
    if (error instanceof TextUndecodable) return fail('file-encoding-invalid', error.message);
    throw error;
  } finally {
    await writer.end();
  }
}

async function stageRecords(
  context: RegistryContext,
  order: RegisterImport,
  writer: StageWriter,
): Promise<Result<StagedFile, ImportFailure>> {
  const { municipality } = order;
  const row = {
    municipality,
    municipalities: context.municipalities,
    today: dateInTokyo(context.clock.now()),
  };
  let fieldsOf: FieldsOf | undefined;
  let width = 0;
  let number = 0;
  let rejected = 0;
  for await (const batch of readRecords(order.text)) {
    for (const record of batch) {
      number++;
      if (!fieldsOf) {
        const header = readHeader(record ?? []);
        if (!header.ok) return header;
        fieldsOf = header.value;
        width = record?.length ?? 0;
        continue;
      }
      const parsed = !record
        ? fail('row-malformed', 'the row’s quotation marks do not pair, or it is far too long')
        : record.length === width
          ? parseRegisterRow(fieldsOf(record), row)
          : fail('row-width', `the row has ${record.length} fields, the header ${width}`);
      if (parsed.ok) {
        await writer.write(number, parsed.value);
      } else {
        rejected++;
        await order.reject({ row: number, ...parsed.failure, fields: fieldsOf(record ?? []) });
      }
    }
    order.progress?.({ step: 'read', rows: number });
  }
  if (!fieldsOf) return fail('file-empty', 'the file has no header row');
  return ok({ read: number - 1, rejected });
}

const REJECT_BATCH = 1_000;

async function rejectRefused(order: RegisterImport): Promise<void> {
  const columns = order.session.unsafe(
    REGISTER_COLUMNS.map((column) => `coalesce(${column}, '') AS ${column}`).join(', '),
  );
  const refused = order.session<({ row_number: number; refusal: StageRefusal } & RegisterFields)[]>`
    SELECT row_number, refusal, ${columns} FROM pg_temp.load_row WHERE state = 'refused' ORDER BY row_number`;
  for await (const rows of refused.cursor(REJECT_BATCH))
    for (const { row_number, refusal, ...fields } of rows)
      await order.reject({ row: row_number, code: refusal, detail: STAGE_REFUSALS[refusal], fields });
}

const CODES_TIMEOUT_MS = 120_000;
const CODES_POLL_MS = 50;

/** Asks the national site for the codes that are short and waits until they have come over the link. */
async function awaitCodes(
  context: RegistryContext,
  order: RegisterImport,
  needed: number,
): Promise<Result<undefined, 'codes-not-allocated'>> {
  const { municipality, session } = order;
  const scope = { site: municipalSite(municipality) };
  // asked for until enough are in store or on their way: fewer come where a loaded register brought some of them
  const ask = (): Promise<number> =>
    inTransaction(session, scope, async (tx) => {
      let stored = await countFreeCodes(tx, municipality);
      if (stored >= needed) stored -= await discardBroughtCodes(tx, municipality);
      const short = stored < needed ? needed - (await countExpectedCodes(tx, municipality)) : 0;
      if (short > 0)
        await sendAll(tx, [await requestCodes(tx, municipality, Math.min(short, CODES_IN_REQUEST_MAX))]);
      return stored;
    });
  let stored = await ask();
  for (let waited_ms = 0; stored < needed; waited_ms += CODES_POLL_MS) {
    if (waited_ms > CODES_TIMEOUT_MS)
      return fail(
        'codes-not-allocated',
        'the national site did not answer the request for resident codes in time',
      );
    context.wake();
    await sleep(CODES_POLL_MS);
    const now = await ask();
    if (now > stored) waited_ms = 0;
    stored = now;
    order.progress?.({ step: 'codes', rows: stored, of: needed });
  }
  return ok(undefined);
}

/** Notes the load, and sees to it that the counter has codes in store from the first day. */
async function recordLoad(
  context: RegistryContext,
  order: RegisterImport,
  startedAt: Date,
  counts: ImportCounts,
): Promise<void> {
  const { municipality, access } = order;
  await inTransaction(order.session, { site: municipalSite(municipality) }, async (tx) => {
    await tx`
      INSERT INTO registry.municipal_load (municipality_code, load_id, operator, started_at, finished_at, rows_read,
        rows_loaded, rows_unchanged, rows_rejected)
      VALUES (${municipality}, ${randomUUID()}, ${access.actor}, ${startedAt}, ${new Date(context.clock.now())},
        ${counts.read}, ${counts.loaded}, ${counts.unchanged}, ${counts.rejected})`;
    await sendAll(tx, await refillCodes(tx, municipality));
  });
  context.wake();
}
