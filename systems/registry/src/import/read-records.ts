/**
 * A register file's text as batches of records, with back-pressure: the parser waits while a batch is worked on. A record
 * is bounded, so that an unclosed quotation mark cannot swallow a file into memory.
 */
import { Readable, Transform } from 'node:stream';
import Papa from 'papaparse';

/** Records as the file has them, from the header on. `malformed` are positions in `records` whose quoting is broken. */
export interface RecordBatch {
  readonly records: readonly (readonly string[])[];
  readonly malformed: ReadonlySet<number>;
}

/** Thrown by the generator when a record is longer than the bound. */
export class RecordTooLong extends Error {
  override readonly name = 'RecordTooLong';
}

const RECORD_CHARACTERS_MAX = 1024 * 1024;

/** Yields batches until the text ends. */
export async function* readRecords(text: AsyncIterable<string>): AsyncGenerator<RecordBatch> {
  let sinceRecord = 0;
  const guard = new Transform({
    decodeStrings: false,
    encoding: 'utf8',
    transform(chunk: string, _encoding, done) {
      sinceRecord += chunk.length;
      if (sinceRecord > RECORD_CHARACTERS_MAX)
        done(new RecordTooLong('a record is longer than a million characters'));
      else done(null, chunk);
    },
  });
  const source = Readable.from(text);
  source.on('error', (error) => guard.destroy(error));

  const ready: RecordBatch[] = [];
  let state: { readonly ended: boolean; readonly error?: Error } = { ended: false };
  let wakeReader = (): void => undefined;
  let resumeParser = (): void => undefined;
  Papa.parse<string[]>(source.pipe(guard), {
    delimiter: ',',
    skipEmptyLines: true,
    chunk(results, parser) {
      if (results.data.length > 0) sinceRecord = 0;
      const malformed = new Set(
        results.errors.flatMap((error) => (error.row === undefined ? [] : [error.row])),
      );
      ready.push({ records: results.data, malformed });
      parser.pause();
      resumeParser = () => parser.resume();
      wakeReader();
    },
    complete() {
      state = { ended: true };
      wakeReader();
    },
    error(error) {
      state = { ended: true, error };
      wakeReader();
    },
  });
  try {
    for (;;) {
      const batch = ready.shift();
      if (batch) {
        yield batch;
        const resume = resumeParser;
        resumeParser = () => undefined;
        resume();
      } else if (state.ended) {
        if (state.error) throw state.error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
    }
  } finally {
    source.destroy();
    guard.destroy();
  }
}
