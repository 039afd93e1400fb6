/**
 * The rows of a query by binary COPY, for millions of them: one statement, so one state of the database, with bounded
 * memory and without the driver's cost for each value. COPY takes no parameters, so values stand in the text: `sqlLiteral`.
 */
import { finished } from 'node:stream/promises';
import type { Tx } from './sql.ts';

const SIGNATURE_BYTES = 11;
const HEADER_BYTES = SIGNATURE_BYTES + 8;
/** From the epoch of Unix to that of PostgreSQL. */
const EPOCH_2000_MS = 946_684_800_000;

/** One row while it is decoded: its fields are taken in their order, each as what its column is. Null is undefined. */
export class CopyRow {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Begins with the row at an offset; answers where the next one begins, or undefined where this one is not whole. */
  open(bytes: Buffer, at: number): number | undefined {
    if (at + 2 > bytes.length) return undefined;
    let next = at + 2;
    for (let fields = bytes.readInt16BE(at); fields > 0; fields--) {
      if (next + 4 > bytes.length) return undefined;
      next += 4 + Math.max(bytes.readInt32BE(next), 0);
    }
    if (next > bytes.length) return undefined;
    this.#bytes = bytes;
    this.#at = at + 2;
    return next;
  }

  /** An int4. */
  int(): number | undefined {
    const at = this.#take(4);
    return at === undefined ? undefined : this.#bytes.readInt32BE(at);
  }

  /** A timestamptz in milliseconds since the epoch. */
  instant(): number | undefined {
    const at = this.#take(8);
    if (at === undefined) return undefined;
    const micros = this.#bytes.readInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4);
    return Math.floor(micros / 1000) + EPOCH_2000_MS;
  }

  text(): string | undefined {
    const length = this.#bytes.readInt32BE(this.#at);
    const at = this.#take(length);
    return at === undefined ? undefined : this.#bytes.toString('utf8', at, at + length);
  }

  /** Passes a field; answers where its content begins. */
  #take(length: number): number | undefined {
    const found = this.#bytes.readInt32BE(this.#at);
    const at = this.#at + 4;
    this.#at = at + Math.max(found, 0);
    if (found === -1) return undefined;
    if (found !== length) throw new Error(`a field of ${found} octets is read as one of ${length}`);
    return at;
  }
}

/** The rows of a SELECT in batches as they come. Whoever stops early lets the rest pass by unread. */
export async function* copyRows<T>(
  tx: Tx,
  select: string,
  decode: (row: CopyRow) => T,
): AsyncGenerator<T[], void, undefined> {
  const stream = await tx.unsafe(`COPY (${select}) TO STDOUT (FORMAT binary)`).readable();
  const row = new CopyRow();
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  try {
    // left alone when it is not read to its end: a destroyed stream would leave the connection waiting for ever
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      if (!isBegun) {
        if (bytes.length < HEADER_BYTES) {
          rest = bytes;
          continue;
        }
        at = HEADER_BYTES + bytes.readUInt32BE(HEADER_BYTES - 4);
        isBegun = true;
      }
      const rows: T[] = [];
      for (let next = row.open(bytes, at); next !== undefined; next = row.open(bytes, at)) {
        if (bytes.readInt16BE(at) >= 0) rows.push(decode(row)); // else the end mark
        at = next;
      }
      rest = bytes.subarray(at);
      if (rows.length > 0) yield rows;
    }
  } finally {
    stream.resume();
    await finished(stream).catch(() => undefined);
  }
}

/** A value as it stands in the text of a statement. */
export function sqlLiteral(value: number | string | Date): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error('not an integer');
    return String(value);
  }
  if (value instanceof Date) return `timestamptz '${value.toISOString()}'`;
  if (value.includes('\0') || value.includes('\\')) throw new Error('not a text for a statement');
  return `'${value.replaceAll("'", "''")}'`;
}
