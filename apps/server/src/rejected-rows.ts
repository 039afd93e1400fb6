/** Where the rows go that an import rejects: a file beside the register, or a short list for an answer. */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { writeRecord } from '@ishizue/csv';
import { REJECT_COLUMNS } from '@ishizue/registry';

/** A row that was not loaded, with what the file says in each column. */
interface Rejected<Column extends string> {
  readonly row: number;
  readonly code: string;
  readonly detail: string;
  readonly fields: Readonly<Record<Column, string>>;
}

type Told = Omit<Rejected<never>, 'fields'>;

/** Takes rejected rows as they come. */
export interface RejectSink<Row extends Told = Told> {
  write(row: Row): Promise<void>;
  close(): Promise<void>;
}

/** The first rows by number and reason, without their fields. */
export class RejectedRows implements RejectSink {
  readonly rows: Told[] = [];
  readonly #rowsMax: number;

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  write({ row, code, detail }: Told): Promise<void> {
    if (this.rows.length < this.#rowsMax) this.rows.push({ row, code, detail });
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A CSV file with the rows as they came and three columns more; made with the first of them. */
export class RejectFile<Column extends string> implements RejectSink<Rejected<Column>> {
  readonly #path: string;
  readonly #columns: readonly Column[];
  #stream: WriteStream | undefined;

  constructor(path: string, columns: readonly Column[]) {
    this.#path = path;
    this.#columns = columns;
  }

  async write(row: Rejected<Column>): Promise<void> {
    this.#stream ??= this.#open();
    const fields = [...this.#columns.map((column) => row.fields[column]), row.row, row.code, row.detail];
    if (!this.#stream.write(writeRecord(fields))) await once(this.#stream, 'drain');
  }

  #open(): WriteStream {
    // rejected rows are personal data like the register they come from
    const stream = createWriteStream(this.#path, { mode: 0o600 });
    stream.write(writeRecord([...this.#columns, ...REJECT_COLUMNS]));
    return stream;
  }

  async close(): Promise<void> {
    if (!this.#stream) return;
    this.#stream.end();
    await once(this.#stream, 'finish');
  }
}
