/**
 * The records of the checkpoint state file: slots of 512 bytes, a disk's sector, each with its own MAC, so that a
 * power cut leaves a slot whole or untouched, and any other change of a slot is seen.
 *
 * | offset | bytes | field |
 * |---|---|---|
 * | 0 | 8 | `ISHZCKP1` |
 * | 8 | 8 | group: the number of the write that this slot came with |
 * | 16 | 8 | tree size |
 * | 24 | 32 | root hash |
 * | 56 | 1 | length of the origin, 0 in the file's first slot |
 * | 57 | 200 | origin, then zeros to 480 |
 * | 480 | 32 | HMAC-SHA-256 of bytes 0–479 |
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TreeHead } from './merkle-consistency.ts';

export const SLOT_BYTES = 512;
const MAGIC = Buffer.from('ISHZCKP1', 'latin1');
const ORIGIN_AT = 57;
const MAC_AT = 480;

export interface Slot {
  readonly group: number;
  readonly origin: string;
  readonly head: TreeHead;
}

const mac = (key: Buffer, slot: Buffer): Buffer =>
  createHmac('sha256', key).update(slot.subarray(0, MAC_AT)).digest();

const writeSafeInteger = (buffer: Buffer, value: number, at: number): void => {
  buffer.writeBigUInt64BE(BigInt(value), at);
};

export function encodeSlot(key: Buffer, { group, origin, head }: Slot): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  MAGIC.copy(slot);
  writeSafeInteger(slot, group, 8);
  writeSafeInteger(slot, head.size, 16);
  head.rootHash.copy(slot, 24);
  slot.writeUInt8(slot.write(origin, ORIGIN_AT, 'latin1'), 56);
  mac(key, slot).copy(slot, MAC_AT);
  return slot;
}

/** `untouched` is a slot of zeros: the disk never wrote it. */
export function decodeSlot(key: Buffer, slot: Buffer): Slot | 'untouched' | 'changed' {
  if (slot.every((byte) => byte === 0)) return 'untouched';
  if (!timingSafeEqual(mac(key, slot), slot.subarray(MAC_AT))) return 'changed';
  return {
    group: Number(slot.readBigUInt64BE(8)),
    head: { size: Number(slot.readBigUInt64BE(16)), rootHash: Buffer.from(slot.subarray(24, 56)) },
    origin: slot.toString('latin1', ORIGIN_AT, ORIGIN_AT + slot.readUInt8(56)),
  };
}
