import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CERTIFICATE_KINDS, COUNTERPART_OF } from '../profile/certificate-kind.ts';
import { pickLinks, SERIAL_LINKS } from './pick-links.ts';

const chains = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom(...CERTIFICATE_KINDS),
    serial: fc.integer({ min: 0x80_0000, max: 0x80_00ff }),
    cardId: fc.constantFrom('card-a', 'card-b'),
  }),
  { minLength: 1, maxLength: 12, selector: ({ kind, serial }) => `${kind} ${serial}` },
);

test('older, itself and newer are the kind’s chain in order; what was not asked for is not told', () => {
  fc.assert(
    fc.property(chains, fc.nat(), fc.subarray([...SERIAL_LINKS], { minLength: 1 }), (chain, pick, wanted) => {
      const asked = chain[pick % chain.length];
      assert.ok(asked);
      const told = pickLinks(chain, asked, wanted);
      assert.deepEqual(Object.keys(told).sort(), [...wanted].sort());
      const all = pickLinks(chain, asked, SERIAL_LINKS);
      const ofKind = chain.filter(({ kind }) => kind === asked.kind).map(({ serial }) => serial);
      assert.deepEqual(
        (all.older ?? []).toReversed().concat(asked.serial, all.newer ?? []),
        ofKind,
        'in the order of issue',
      );
      const others = chain.filter(
        ({ kind, cardId }) => kind === COUNTERPART_OF[asked.kind] && cardId === asked.cardId,
      );
      assert.equal(all.other, others.at(-1)?.serial ?? null);
    }),
    { numRuns: 2_000 },
  );
});
