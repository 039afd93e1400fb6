/** A planted bug behind conditions that each have to be met first: what guidance finds and chance does not. */
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutateOctets } from '../mutate/octets.ts';

/** Breaks where the octets spell the word. */
function parse(input: Uint8Array): string {
  if (input[0] !== 0x66) return 'not-f';
  if (input[1] !== 0x75) return 'refused';
  if (input[2] !== 0x7a) return 'refused';
  throw new TypeError('the planted bug');
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 64,
  guidedBy: ['/tests/fuzz/targets/planted-bug.ts'],
  seeds: [Buffer.alloc(4)],
  mutate: mutateOctets,
  feed: parse,
});
