import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { CARD_KINDS } from '../profile/certificate-kind.ts';
import { type AskedServices, decidePermit, type VerifierRights } from './permit-verifier.ts';
import { VERIFIER_STATES } from './verifier-store.ts';
import { VERIFIER_KINDS, VERIFIER_SERVICES } from './verifier-terms.ts';

const NAMES = ['verifier/pf', 'verifier/firm', 'verifier/other'] as const;

const rights = (verifier: string): fc.Arbitrary<VerifierRights> =>
  fc.record({
    verifier: fc.constant(verifier),
    state: fc.constantFrom(...VERIFIER_STATES, 'live' as const, 'live' as const, 'live' as const),
    kind: fc.constantFrom(...VERIFIER_KINDS, 'platform-operator' as const, 'delegating-firm' as const),
    title: fc.constant('t'),
    purpose: fc.constant('p'),
    certificateKinds: fc.subarray([...CARD_KINDS]),
    services: fc.subarray([...VERIFIER_SERVICES]),
    entrustedTo: fc.constantFrom(null, ...NAMES, 'verifier/pf' as const),
  });

const covers = (one: VerifierRights, { services, certificateKinds }: AskedServices): boolean =>
  one.state === 'live' &&
  services.every((service) => one.services.includes(service)) &&
  certificateKinds.every((kind) => one.certificateKinds.includes(kind));

test('a permit is given exactly where the connection, and the firm that it names, are live and entitled', () => {
  let given = 0;
  fc.assert(
    fc.property(
      fc.tuple(...NAMES.map(rights)),
      fc.constantFrom(...NAMES, 'verifier/nobody'),
      fc.constantFrom(undefined, ...NAMES, 'verifier/nobody'),
      fc.subarray([...VERIFIER_SERVICES], { maxLength: 2 }),
      fc.subarray([...CARD_KINDS], { maxLength: 1 }),
      (all, verifier, onBehalfOf, services, certificateKinds) => {
        const found = new Map(all.map((one) => [one.verifier, one]));
        const asked = { services, certificateKinds };
        const permit = decidePermit({ verifier, onBehalfOf }, asked, found);
        const connection = found.get(verifier);
        const firm = onBehalfOf === undefined ? undefined : found.get(onBehalfOf);
        const isDirect =
          connection !== undefined && connection.kind !== 'delegating-firm' && covers(connection, asked);
        const isEntrusted =
          firm !== undefined &&
          connection?.kind === 'platform-operator' &&
          firm.entrustedTo === verifier &&
          covers(firm, asked);
        const expected = isDirect && (onBehalfOf === undefined || isEntrusted);
        assert.equal(permit.ok, expected);
        if (permit.ok) {
          given++;
          assert.equal(permit.value.verifier, onBehalfOf ?? verifier);
        }
      },
    ),
    { numRuns: 5_000, seed: 20_261_123 },
  );
  assert.ok(given > 100, `only ${given} of the cases were permitted`);
});
