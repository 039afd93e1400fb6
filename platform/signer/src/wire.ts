/**
 * The fields of a request, an answer or a stored record as bytes: big-endian integers, length-prefixed texts and
 * byte strings. A reader never throws on foreign bytes: it turns `ok` to false, returns empty values from then on,
 * and never allocates more than what it was given.
 */
import { isUtf8 } from 'node:buffer';

const EMPTY = Buffer.alloc(0);

/** A value that its field cannot carry. */
export class FieldRangeError extends Error {}

function demand(condition: boolean, what: string): void {
  if (!condition) throw new FieldRangeError(what);
}

/** Collects fields into one growing buffer. */
export class ByteWriter {
  #buffer: Buffer;
  #length: number;

  /** `reserve` bytes are left free at the front, for a header that is filled in afterwards. */
  constructor(reserve = 0) {
    this.#buffer = Buffer.allocUnsafe(Math.max(256, reserve));
    this.#length = reserve;
  }

  unsigned(value: number, bytes: 1 | 2 | 4): void {
    demand(Number.isInteger(value) && value >= 0 && value < 2 ** (8 * bytes), `${value} in ${bytes} bytes`);
    const at = this.#grow(bytes);
    this.#buffer.writeUIntBE(value, at, bytes);
  }

  /** A safe integer in eight bytes. */
  unsigned64(value: number): void {
    demand(Number.isSafeInteger(value) && value >= 0, `${value} in 8 bytes`);
    const at = this.#grow(8);
    this.#buffer.writeUInt32BE(Math.floor(value / 2 ** 32), at);
    this.#buffer.writeUInt32BE(value % 2 ** 32, at + 4);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length); // may replace the buffer
    this.#buffer.set(bytes, at);
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    return at;
  }
}

/** Reads fields; look at `finished()` before believing any of them. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;
  #ok = true;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  /** True while every field was there and well formed. */
  get ok(): boolean {
    return this.#ok;
  }

  /** True when every field was well formed and nothing is left. */
  finished(): boolean {
    return this.#ok && this.#at === this.#buffer.length;
  }

  reject(): void {
    this.#ok = false;
    this.#at = this.#buffer.length;
  }

  unsigned(bytes: 1 | 2 | 4): number {
    const at = this.#advance(bytes);
    return at === undefined ? 0 : this.#buffer.readUIntBE(at, bytes);
  }

  unsigned64(): number {
    const at = this.#advance(8);
    if (at === undefined) return 0;
    const value = this.#buffer.readUInt32BE(at) * 2 ** 32 + this.#buffer.readUInt32BE(at + 4);
    if (Number.isSafeInteger(value)) return value;
    this.reject();
    return 0;
  }

  raw(length: number): Buffer {
    const at = this.#advance(length);
    return at === undefined ? EMPTY : this.#buffer.subarray(at, at + length);
  }

  #advance(bytes: number): number | undefined {
    if (bytes > this.remaining) {
      this.reject();
      return undefined;
    }
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}

/** How one type of value is written and read. */
export interface Codec<T> {
  write(writer: ByteWriter, value: T): void;
  read(reader: ByteReader): T;
}

const unsignedCodec = (bytes: 1 | 2 | 4): Codec<number> => ({
  write: (writer, value) => writer.unsigned(value, bytes),
  read: (reader) => reader.unsigned(bytes),
});

export const u8 = unsignedCodec(1);
export const u16 = unsignedCodec(2);
export const u32 = unsignedCodec(4);

/** A non-negative safe integer in eight bytes. */
export const u64: Codec<number> = {
  write: (writer, value) => writer.unsigned64(value),
  read: (reader) => reader.unsigned64(),
};

export const flag: Codec<boolean> = {
  write: (writer, value) => writer.unsigned(value ? 1 : 0, 1),
  read: (reader) => {
    const value = reader.unsigned(1);
    if (value > 1) reader.reject();
    return value === 1;
  },
};

/** No field at all. */
export const nothing: Codec<undefined> = { write: () => undefined, read: () => undefined };

/** UTF-8 text of at most 65,535 bytes. */
export const text: Codec<string> = {
  write: (writer, value) => {
    const bytes = Buffer.from(value, 'utf8');
    writer.unsigned(bytes.length, 2);
    writer.raw(bytes);
  },
  read: (reader) => {
    const bytes = reader.raw(reader.unsigned(2));
    if (!isUtf8(bytes)) reader.reject();
    return bytes.toString('utf8');
  },
};

/** Values of which only some are allowed; `instead` stands where a reader has rejected another. */
export const narrowed = <T, Allowed extends T>(
  codec: Codec<T>,
  isAllowed: (value: T) => value is Allowed,
  instead: Allowed,
): Codec<Allowed> => ({
  write: (writer, value) => codec.write(writer, value),
  read: (reader) => {
    const value = codec.read(reader);
    if (isAllowed(value)) return value;
    reader.reject();
    return instead;
  },
});

/** A byte string. What is read shares memory with the frame. */
export const bytes: Codec<Buffer> = {
  write: (writer, value) => {
    writer.unsigned(value.length, 4);
    writer.raw(value);
  },
  read: (reader) => reader.raw(reader.unsigned(4)),
};

/** A SHA-256 hash. */
export const hash32: Codec<Buffer> = {
  write: (writer, value) => {
    demand(value.length === 32, `a hash of ${value.length} bytes`);
    writer.raw(value);
  },
  read: (reader) => reader.raw(32),
};

/** At most `max` values of one kind. */
export const list = <T>(item: Codec<T>, max: number): Codec<readonly T[]> => ({
  write: (writer, values) => {
    demand(values.length <= max, `a list of ${values.length}`);
    writer.unsigned(values.length, 4);
    for (const value of values) item.write(writer, value);
  },
  read: (reader) => {
    const count = reader.unsigned(4);
    if (count > max) reader.reject();
    const values: T[] = [];
    for (let i = 0; i < count && reader.ok; i++) values.push(item.read(reader));
    return values;
  },
});

/** A value or nothing. */
export const optional = <T>(item: Codec<T>): Codec<T | undefined> => ({
  write: (writer, value) => {
    flag.write(writer, value !== undefined);
    if (value !== undefined) item.write(writer, value);
  },
  read: (reader) => (flag.read(reader) ? item.read(reader) : undefined),
});

/** Fields in the order in which they are listed. */
export const record = <T extends object>(fields: { readonly [K in keyof T]-?: Codec<T[K]> }): Codec<T> => {
  const names = Object.keys(fields) as (keyof T)[];
  return {
    write: (writer, value) => {
      for (const name of names) fields[name].write(writer, value[name]);
    },
    read: (reader) => {
      const value: Partial<T> = {};
      for (const name of names) value[name] = fields[name].read(reader);
      return value as T;
    },
  };
};

/** A value as bytes of its own. */
export function encode<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new ByteWriter();
  codec.write(writer, value);
  return writer.finish();
}

/** The value that the bytes hold, whole and without a rest; undefined where they do not. */
export function decode<T>(codec: Codec<T>, buffer: Buffer): { readonly value: T } | undefined {
  const reader = new ByteReader(buffer);
  const value = codec.read(reader);
  return reader.finished() ? { value } : undefined;
}
