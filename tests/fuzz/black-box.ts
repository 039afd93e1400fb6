/**
 * The flight recorder: each input is in a file before it is fed, so that whoever watches a process that hangs, or finds
 * one that ran out of memory or was killed, has the input that did it. One write of a few kilobytes an input.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const HEADER_BYTES = 12;

export interface Recorded {
  /** How many inputs there were before it. */
  readonly count: number;
  readonly input: Buffer;
}

export class BlackBox {
  readonly #file: number;
  readonly #buffer: Buffer;

  constructor(path: string, bytesMax: number) {
    this.#file = openSync(path, 'w', 0o600);
    this.#buffer = Buffer.alloc(HEADER_BYTES + bytesMax);
  }

  record(count: number, input: Uint8Array): void {
    this.#buffer.writeBigUInt64LE(BigInt(count), 0);
    this.#buffer.writeUInt32LE(input.length, 8);
    this.#buffer.set(input, HEADER_BYTES);
    writeSync(this.#file, this.#buffer, 0, HEADER_BYTES + input.length, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The input recorded last; undefined where none was. */
export function readBlackBox(path: string): Recorded | undefined {
  const file = readFileSync(path);
  if (file.length < HEADER_BYTES) return undefined;
  const length = file.readUInt32LE(8);
  return {
    count: Number(file.readBigUInt64LE(0)),
    input: file.subarray(HEADER_BYTES, HEADER_BYTES + length),
  };
}
