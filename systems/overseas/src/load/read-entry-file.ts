/**
 * An entry file as checked rows, in batches and with bounded memory: its bytes are digested as they pass, decoded, split
 * into records, and each record is checked by itself.
 */
import { createHash } from 'node:crypto';
import { decodeText, readRecords, TextUndecodable } from '@ishizue/csv';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { FileEncoding } from '@ishizue/text';
import { type EntryFields, type EntryHeaderFailure, readEntryHeader } from './entry-columns.ts';
import {
  type EntryRow,
  type EntryRowContext,
  type EntryRowFailure,
  parseEntryRow,
} from './parse-entry-row.ts';

export interface NumberedRow {
  /** Of the record in the file, from 1, the header being 1. */
  readonly number: number;
  readonly row: EntryRow;
}

/** A row that was not loaded. */
export interface RejectedEntry<Code extends string = EntryRowFailure> {
  readonly row: number;
  readonly code: Code;
  readonly detail: string;
  readonly fields: EntryFields;
}

/** Where rows go as they are read. */
export interface EntrySink {
  take(rows: readonly NumberedRow[]): Promise<void>;
  reject(row: RejectedEntry): Promise<void>;
}

/** What was read of a whole file. */
export interface ReadFile {
  readonly sha256: Buffer;
  readonly read: number;
  readonly rejected: number;
}

const NO_FIELDS: readonly string[] = [];

export async function readEntryFile(
  bytes: AsyncIterable<Uint8Array>,
  encoding: FileEncoding | undefined,
  context: EntryRowContext,
  sink: EntrySink,
): Promise<Result<ReadFile, EntryHeaderFailure | 'file-encoding-invalid'>> {
  const digest = createHash('sha256');
  let header: readonly string[] | undefined;
  let fieldsOf: ((record: readonly string[]) => EntryFields) | undefined;
  let number = 0;
  let rejected = 0;
  try {
    const text = decodeText(
      passing(bytes, (chunk) => digest.update(chunk)),
      encoding,
    );
    for await (const batch of readRecords(text)) {
      const rows: NumberedRow[] = [];
      for (const record of batch) {
        number++;
        if (!header || !fieldsOf) {
          header = record ?? NO_FIELDS;
          const read = readEntryHeader(header);
          if (!read.ok) return read;
          fieldsOf = read.value;
          continue;
        }
        const fields = fieldsOf(record ?? NO_FIELDS);
        const parsed = parseRecord(record, header.length, fields, context);
        if (parsed.ok) rows.push({ number, row: parsed.value });
        else {
          rejected++;
          await sink.reject({ row: number, ...parsed.failure, fields });
        }
      }
      await sink.take(rows);
    }
  } catch (error) {
    if (error instanceof TextUndecodable) return fail('file-encoding-invalid', error.message);
    throw error;
  }
  if (!header) return fail('file-empty', 'the file has no header row');
  return ok({ sha256: digest.digest(), read: number - 1, rejected });
}

function parseRecord(
  record: readonly string[] | undefined,
  width: number,
  fields: EntryFields,
  context: EntryRowContext,
): Result<EntryRow, EntryRowFailure> {
  if (!record) return fail('row-malformed', 'the row’s quotation marks do not pair, or it is far too long');
  if (record.length !== width)
    return fail('row-width', `the row has ${record.length} fields, the header ${width}`);
  return parseEntryRow(fields, context);
}

async function* passing(
  bytes: AsyncIterable<Uint8Array>,
  pass: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    pass(chunk);
    yield chunk;
  }
}
