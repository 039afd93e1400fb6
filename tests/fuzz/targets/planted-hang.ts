/** A planted hang: an input that begins with 0xff never comes back. */
import type { FuzzTarget } from '../fuzz-target.ts';

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 64,
  guidedBy: ['/tests/fuzz/targets/planted-hang.ts'],
  seeds: [Buffer.alloc(8)],
  mutate: (draws) => draws.octets(8),
  feed: (input) => {
    for (let turns = 0; input[0] === 0xff; turns++) if (turns < 0) break;
    return 'ok';
  },
});
