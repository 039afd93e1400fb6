/**
 * Entry bundles: C2SP tlog-tiles, "Log entries". Up to 256 leaves, each after its length as a big-endian uint16.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { TILE_WIDTH } from './tiles.ts';

/** The longest leaf that a bundle can carry, in bytes. */
export const LEAF_BYTES_MAX = 0xffff;

/** The bundle of these leaves, at most 256. */
export function encodeEntryBundle(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length > TILE_WIDTH) throw new Error(`a bundle of ${leaves.length} leaves`);
  const parts: Uint8Array[] = [];
  for (const leaf of leaves) {
    if (leaf.length > LEAF_BYTES_MAX) throw new Error(`a leaf of ${leaf.length} bytes`);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(leaf.length);
    parts.push(length, leaf);
  }
  return Buffer.concat(parts);
}

/** The leaves of a bundle. */
export function decodeEntryBundle(bundle: Uint8Array): Result<readonly Buffer[], 'bundle-malformed'> {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const leaves: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (leaves.length === TILE_WIDTH) return fail('bundle-malformed', 'more than 256 leaves');
    if (at + 2 > bytes.length) return fail('bundle-malformed', 'it ends inside a length');
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return fail('bundle-malformed', 'it ends inside a leaf');
    leaves.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return ok(leaves);
}
