import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Access, anyOf, anyOperator, type CallerAccess, mayCall, operatorWith } from './access.ts';
import type { Actor } from './actor.ts';

const sites = fc.constantFrom('municipal/131016', 'municipal/271004', 'national');
const roles = fc.uniqueArray(fc.constantFrom('clerk', 'auditor', 'admin'), { maxLength: 3 });

const actors: fc.Arbitrary<Actor> = fc.oneof(
  fc.constant({ kind: 'anonymous' as const }),
  sites.map((site) => ({
    kind: 'person' as const,
    site,
    holder: 'h-1',
    certificateSerial: '01',
    session: 's',
  })),
  fc
    .tuple(sites, roles)
    .map(([site, held]) => ({ kind: 'operator' as const, site, operator: 'o-1', roles: held, session: 's' })),
  sites.map((site) => ({ kind: 'site' as const, site, keyId: 'k' })),
);

const callerKinds: fc.Arbitrary<CallerAccess> = fc.oneof(
  fc.constant('person' as const),
  fc.constant('site' as const),
  fc.constant(anyOperator),
  fc
    .tuple(fc.constantFrom('clerk', 'auditor', 'admin'), roles)
    .map(([first, more]) => operatorWith(first, ...more)),
);

const accesses: fc.Arbitrary<Access> = fc.oneof(
  fc.constant('public' as const),
  callerKinds,
  fc
    .tuple(callerKinds, fc.array(callerKinds, { maxLength: 2 }))
    .map(([first, more]): Access => anyOf(first, ...more)),
);

/** The rule said the other way round: the list of all that an actor may be let in by. */
function reasons(actor: Actor, site: string): string[] {
  if (actor.kind === 'anonymous') return [];
  if (actor.kind === 'site') return ['site'];
  if (actor.site !== site) return [];
  return actor.kind === 'person' ? ['person'] : ['operator', ...actor.roles.map((role) => `role:${role}`)];
}

const wants = (access: Access): string[] => {
  if (typeof access === 'string') return [access];
  if ('anyOf' in access) return access.anyOf.flatMap(wants);
  return access.operator === 'any' ? ['operator'] : access.operator.map((role) => `role:${role}`);
};

test('an actor may call exactly when a reason of theirs at the site is wanted, or everyone may', () => {
  let allowed = 0;
  let refused = 0;
  fc.assert(
    fc.property(accesses, actors, sites, (access, actor, site) => {
      const held = reasons(actor, site);
      const expected = access === 'public' || wants(access).some((reason) => held.includes(reason));
      if (expected) allowed += 1;
      else refused += 1;
      assert.equal(mayCall(access, actor, site), expected);
    }),
    { numRuns: 3000 },
  );
  assert.ok(allowed > 300 && refused > 300, `both sides are met: ${allowed} allowed, ${refused} refused`);
});

test('more roles never take a right away, and another site never gives one', () => {
  fc.assert(
    fc.property(accesses, roles, roles, sites, sites, (access, held, more, home, site) => {
      const operator = (rolesHeld: readonly string[]): Actor => ({
        kind: 'operator',
        site: home,
        operator: 'o-1',
        roles: rolesHeld,
        session: 's',
      });
      if (mayCall(access, operator(held), site))
        assert.ok(mayCall(access, operator([...held, ...more]), site));
      if (access !== 'public' && home !== site) assert.equal(mayCall(access, operator(held), site), false);
    }),
  );
});

test('an operator without roles may call no operator route', () => {
  const nobody: Actor = { kind: 'operator', site: 'national', operator: 'o-1', roles: [], session: 's' };
  assert.equal(mayCall(operatorWith('clerk'), nobody, 'national'), false);
});
