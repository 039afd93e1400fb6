/** Mutations of octets that know nothing of what they mean: bits turned, octets set, pieces cut, doubled, moved, mixed. */
import type { Draws } from '../draws.ts';

const TELLING: readonly number[] = [
  0x00, 0x01, 0x02, 0x05, 0x1f, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xa0, 0xa1, 0xff,
];

/** One change. `other` is another input, from which pieces are taken; `tokens` are pieces that mean something. */
export function mutateOctets(
  draws: Draws,
  input: Uint8Array,
  other: Uint8Array,
  tokens: readonly Uint8Array[] = [],
): Buffer {
  const octets = Buffer.from(input);
  const at = draws.below(octets.length);
  const [before, after] = [octets.subarray(0, at), octets.subarray(at)];
  switch (draws.below(tokens.length > 0 ? 10 : 9)) {
    case 0:
      if (octets.length > 0) octets[at] = (octets[at] ?? 0) ^ (1 << draws.below(8));
      return octets;
    case 1:
      if (octets.length > 0) octets[at] = draws.oneOf(TELLING);
      return octets;
    case 2:
      if (octets.length > 0) octets[at] = draws.below(256);
      return octets;
    case 3:
      return Buffer.concat([before, after.subarray(1 + draws.below(draws.onceIn(4) ? 64 : 4))]);
    case 4:
      return Buffer.concat([before, draws.octets(1 + draws.below(8)), after]);
    case 5: // a piece of itself, again
      return Buffer.concat([before, after.subarray(0, 1 + draws.below(32)), after]);
    case 6:
      return Buffer.from(before);
    case 7: {
      const from = draws.below(other.length);
      return Buffer.concat([before, other.subarray(from, from + 1 + draws.below(64)), after]);
    }
    case 8: // the beginning of the one, the end of the other
      return Buffer.concat([before, other.subarray(draws.below(other.length))]);
    default:
      return Buffer.concat([before, draws.oneOf(tokens), draws.onceIn(2) ? after : after.subarray(1)]);
  }
}
