/** A planted hunger: an input that begins with 0xff takes memory until there is none. */
import type { FuzzTarget } from '../fuzz-target.ts';

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 64,
  guidedBy: ['/tests/fuzz/targets/planted-hunger.ts'],
  seeds: [Buffer.alloc(8)],
  mutate: (draws) => draws.octets(8),
  feed: (input) => {
    const kept: unknown[] = [];
    while (input[0] === 0xff) kept.push(Array.from({ length: 10_000 }, (_, at) => ({ at })));
    return 'ok';
  },
});
