/** What the factory writes besides keys and certificates, and the card’s record with it. */
import type { CardRecord } from './card-record.ts';
import { findWrittenFile, pinFilesOf } from './chip/card-tree.ts';
import { hashPin, NUMBER_COST_LOG2 } from './pin-hash.ts';
import { isPinFormed, triesMaxOf } from './pin-rules.ts';

export interface WrittenContents {
  /** By application and EF: `jpki/000b`. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** 12 digits, for all applications that have it. */
  readonly numberA?: string;
  /** 14 digits, likewise. */
  readonly numberB?: string;
}

/** What is no file of the card to be written, or too long for it, is none of the factory’s orders and throws. */
export async function withContents(record: CardRecord, contents: WrittenContents): Promise<CardRecord> {
  const written = Object.entries(contents.files).map(([id, octets]) => [id, encodeFile(id, octets)]);
  const pins = contents.numberA === undefined ? record.pins : await numberPins(record, contents);
  const { numberB } = contents;
  return {
    ...record,
    files: { ...record.files, ...Object.fromEntries(written) },
    ...(pins && { pins }),
    ...(numberB !== undefined && { printed: { numberB } }),
  };
}

/** The PINs of the applications with both numbers set; what is set already stays, since a number is one card’s for good. */
async function numberPins(
  { pins }: CardRecord,
  { numberA = '', numberB = '' }: WrittenContents,
): Promise<NonNullable<CardRecord['pins']>> {
  const set = { ...pins };
  for (const [rule, number] of [
    ['number-a', numberA],
    ['number-b', numberB],
  ] as const) {
    if (!isPinFormed(rule, number)) throw new Error(`what is to be a ${rule} is none`);
    const open = pinFilesOf(rule).filter((file) => set[file] === undefined);
    if (open.length === 0) continue;
    const slot = { hash: await hashPin(number, NUMBER_COST_LOG2), triesLeft: triesMaxOf(rule) };
    for (const file of open) set[file] = slot;
  }
  return set;
}

/** A file’s content as the record keeps it. */
function encodeFile(id: string, octets: Uint8Array): string {
  const file = findWrittenFile(id);
  if (!file || octets.length > file.bytesMax) throw new Error(`no such file, or too long for it: ${id}`);
  return Buffer.from(octets).toString('base64');
}
