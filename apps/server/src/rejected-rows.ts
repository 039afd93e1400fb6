/** Where the rows go that an import rejects: a file beside the register, or a short list for an answer. */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { writeRecord } from '@ishizue/csv';
import { REGISTER_COLUMNS, REJECT_COLUMNS, type RejectedRow } from '@ishizue/registry';

/** Takes rejected rows as they come. */
export interface RejectSink {
  write(row: RejectedRow): Promise<void>;
  close(): Promise<void>;
}

/** The first rows by number and reason, without their fields. */
export class RejectedRows implements RejectSink {
  readonly rows: Pick<RejectedRow, 'row' | 'code' | 'detail'>[] = [];
  readonly #rowsMax: number;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  write({ row, code, detail }: RejectedRow): Promise<void> {
    if (this.rows.length < this.#rowsMax) this.rows.push({ row, code, detail });
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A CSV file with the rows as they came and three columns more; made with the first of them. */
export class RejectFile implements RejectSink {
  readonly #path: string;
  #stream: WriteStream | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async write(row: RejectedRow): Promise<void> {
    this.#stream ??= this.#open();
    const fields = [...REGISTER_COLUMNS.map((column) => row.fields[column]), row.row, row.code, row.detail];
    if (!this.#stream.write(writeRecord(fields))) await once(this.#stream, 'drain');
  }

  #open(): WriteStream {
    // rejected rows are personal data like the register they come from
    const stream = createWriteStream(this.#path, { mode: 0o600 });
    stream.write(writeRecord([...REGISTER_COLUMNS, ...REJECT_COLUMNS]));
    return stream;
  }

  async close(): Promise<void> {
    if (!this.#stream) return;
    this.#stream.end();
    await once(this.#stream, 'finish');
  }
}
