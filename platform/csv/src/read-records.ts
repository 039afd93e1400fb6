/**
 * A file's text as records (RFC 4180), in batches and with bounded memory. A record whose quotation marks do not
 * pair costs itself and nothing else: reading goes on at the next line, where the parsers that we tried lose the rows
 * that follow (docs/decisions/0005). A record is bounded too, so that an unclosed mark cannot swallow a file.
 */

/** The fields of a record, or `undefined` where it is malformed. */
export type CsvRecord = readonly string[] | undefined;

/** Longer than any row of a sound file by far. */
export const RECORD_CHARACTERS_MAX = 64 * 1024;

/** Yields the records of each piece of text as a batch. Empty lines are skipped. */
export async function* readRecords(text: AsyncIterable<string>): AsyncGenerator<readonly CsvRecord[]> {
  const reader = new RecordReader();
  for await (const piece of text) {
    const batch = reader.read(piece, false);
    if (batch.length > 0) yield batch;
  }
  const rest = reader.read('\n', true);
  if (rest.length > 0) yield rest;
}

type Scan = { readonly record: CsvRecord; readonly next: number } | 'incomplete';

class RecordReader {
  #text = '';
  /** Inside a line that was too long: everything up to its end is dropped. */
  #isSkipping = false;

  read(piece: string, isLast: boolean): readonly CsvRecord[] {
    this.#text += piece;
    const batch: CsvRecord[] = [];
    let position = 0;
    for (;;) {
      const lineEnd = this.#text.indexOf('\n', position);
      if (lineEnd < 0) break;
      if (this.#isSkipping) {
        this.#isSkipping = false;
        position = lineEnd + 1;
        continue;
      }
      const scan = this.#scan(position, lineEnd, isLast);
      if (scan === 'incomplete') break;
      if (scan.record?.length !== 0) batch.push(scan.record);
      position = scan.next;
    }
    this.#text = this.#text.slice(position);
    if (this.#text.length > RECORD_CHARACTERS_MAX && !this.#text.includes('\n')) {
      if (!this.#isSkipping) batch.push(undefined);
      this.#isSkipping = true;
      this.#text = '';
    }
    return batch;
  }

  #scan(start: number, lineEnd: number, isLast: boolean): Scan {
    const next = lineEnd + 1;
    const end = this.#text[lineEnd - 1] === '\r' && lineEnd > start ? lineEnd - 1 : lineEnd;
    const line = this.#text.slice(start, end);
    if (line.length > RECORD_CHARACTERS_MAX) return { record: undefined, next };
    if (!line.includes('"')) return { record: line === '' ? [] : line.split(','), next };
    const scan = scanQuoted(this.#text, start);
    if (scan === 'incomplete') {
      const isHopeless = isLast || this.#text.length - start > RECORD_CHARACTERS_MAX;
      return isHopeless ? { record: undefined, next } : 'incomplete';
    }
    return scan.record === undefined ? { record: undefined, next } : scan;
  }
}

/** Reads one record that has quotation marks; `incomplete` where the text ends before the record does. */
function scanQuoted(text: string, start: number): Scan {
  const record: string[] = [];
  let position = start;
  for (;;) {
    if (text[position] === '"') {
      const close = closingQuote(text, position + 1);
      if (close < 0) return 'incomplete';
      record.push(text.slice(position + 1, close).replaceAll('""', '"'));
      position = close + 1;
    } else {
      const end = fieldEnd(text, position);
      if (end < 0) return 'incomplete';
      const field = text.slice(position, end);
      if (field.includes('"')) return { record: undefined, next: end };
      record.push(field);
      position = end;
    }
    if (position >= text.length) return 'incomplete';
    if (text[position] === ',') {
      position++;
      continue;
    }
    if (text.startsWith('\r\n', position)) return { record, next: position + 2 };
    if (text[position] === '\n') return { record, next: position + 1 };
    if (text[position] === '\r' && position + 1 === text.length) return 'incomplete';
    return { record: undefined, next: position };
  }
}

function closingQuote(text: string, from: number): number {
  for (let position = from; ; position += 2) {
    position = text.indexOf('"', position);
    if (position < 0 || text[position + 1] !== '"') return position;
  }
}

const FIELD_END = /[,\r\n]/g;

function fieldEnd(text: string, from: number): number {
  FIELD_END.lastIndex = from;
  return FIELD_END.exec(text)?.index ?? -1;
}
