/**
 * The file of a batch query (一括提供): CSV in UTF-8 with the columns case_key and person_key, in chunks of equal length. A
 * chunk is what is answered in one transaction, and its hash is how the same file is known again: over sealed numbers,
 * for the hash of a number alone can be tried out.
 */
import { hash } from 'node:crypto';
import { readRecords } from '@ishizue/csv';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { NumberCipher } from '../numbers/number-cipher.ts';
import type { PersonKeyKind } from './provision-rules.ts';

const BATCH_COLUMNS = ['case_key', 'person_key'] as const;
/** Lines in a chunk; changing it makes jobs that are under way unknown. */
export const CHUNK_LINES = 5_000;
const CASE_KEY_MAX = 64;
/** In no case key: by it many of them are one text. */
export const CASE_KEYS_APART = '\u001f';

/** A line: sound, or with why it is not. */
export type BatchLine =
  /** The key is a resident code or a sealed number. */
  | { readonly ok: true; readonly caseKey: string; readonly personKey: string }
  | {
      readonly ok: false;
      readonly caseKey: string;
      readonly refusal: 'row-malformed' | 'person-key-invalid';
    };

export interface BatchChunk {
  readonly chunk: number;
  readonly lines: readonly BatchLine[];
  readonly sha256: Buffer;
}

export type BatchFileFailure = 'file-columns';

/** The chunks of a file, with bounded memory; the first value tells that the columns are others. */
export async function* readBatch(
  text: AsyncIterable<string>,
  key: PersonKeyKind,
  numbers: NumberCipher,
): AsyncGenerator<Result<BatchChunk, BatchFileFailure>> {
  const pattern = key === 'resident-code' ? /^\d{11}$/ : /^\d{12}$/;
  let isHeader = true;
  let chunk = 0;
  let lines: BatchLine[] = [];
  for await (const records of readRecords(text))
    for (const record of records) {
      if (isHeader) {
        isHeader = false;
        if (record?.join() === BATCH_COLUMNS.join()) continue;
        yield fail('file-columns', `the columns are not ${BATCH_COLUMNS.join(', ')}`);
        return;
      }
      lines.push(lineOf(record, pattern));
      if (lines.length < CHUNK_LINES) continue;
      yield ok(chunkOf(chunk++, sealKeys(lines, key, numbers)));
      lines = [];
    }
  if (isHeader) yield fail('file-columns', 'the file has no header');
  else if (lines.length > 0) yield ok(chunkOf(chunk, sealKeys(lines, key, numbers)));
}

function lineOf(record: readonly string[] | undefined, pattern: RegExp): BatchLine {
  const [caseKey = '', personKey] = record ?? [];
  if (
    personKey === undefined ||
    record?.length !== 2 ||
    caseKey.length > CASE_KEY_MAX ||
    caseKey.includes('\0') ||
    caseKey.includes(CASE_KEYS_APART)
  )
    return { ok: false, caseKey: '', refusal: 'row-malformed' };
  if (!pattern.test(personKey)) return { ok: false, caseKey, refusal: 'person-key-invalid' };
  return { ok: true, caseKey, personKey };
}

/** Lines with the numbers that they ask by sealed, all at once. */
function sealKeys(
  lines: readonly BatchLine[],
  key: PersonKeyKind,
  numbers: NumberCipher,
): readonly BatchLine[] {
  if (key === 'resident-code') return lines;
  const sealed = numbers.sealAll(lines.flatMap((line) => (line.ok ? [line.personKey] : []))).values();
  return lines.map((line) => (line.ok ? { ...line, personKey: sealed.next().value ?? '' } : line));
}

function chunkOf(chunk: number, lines: readonly BatchLine[]): BatchChunk {
  const text = lines.map((line) => `${line.caseKey}\0${line.ok ? line.personKey : line.refusal}\0`).join('');
  return { chunk, lines, sha256: hash('sha256', text, 'buffer') };
}
