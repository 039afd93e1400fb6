import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { accessSchema, Operators, Sessions } from '@ishizue/access';
import { systemClock } from '@ishizue/clock';
import { testDatabase } from '@ishizue/db/testing';
import { addSiteOperator, closeSiteOperator, siteOperators } from './site-operators.ts';

const SITE = 'municipal/132217';

async function operating(t: TestContext) {
  const sql = (await testDatabase(t, [accessSchema])).pool('access');
  const sessions = new Sessions({ sql, clock: systemClock });
  const operators = new Operators({ sql, clock: systemClock, sessions });
  const sites = ['national', 'prefectural/13', SITE].map((site) => ({ site, name: site }));
  return { sites, operators, sessions };
}

const codeOf = (result: { ok: true } | { ok: false; failure: { code: string } }): string =>
  result.ok ? 'ok' : result.failure.code;

test('an operator is added with roles of its site, signs in with the secret that is told, and is shut out when closed', async (t) => {
  const country = await operating(t);
  const order = { site: SITE, displayName: '窓口 花子', roles: ['registrar', 'registrar'] };
  const added = await addSiteOperator(country, order);
  assert.ok(added.ok);
  const { id, secret, roles } = added.value;
  assert.deepEqual(roles, ['registrar']);
  assert.equal(codeOf(await country.operators.signIn(SITE, id, secret)), 'ok');
  const listed = await siteOperators(country, SITE);
  assert.ok(listed.ok);
  assert.deepEqual(listed.value, [{ site: SITE, id, displayName: '窓口 花子', roles: ['registrar'] }]);
  assert.equal(codeOf(await closeSiteOperator(country, 'prefectural/13', id)), 'operator-unknown');
  assert.equal(codeOf(await closeSiteOperator(country, SITE, id)), 'ok');
  assert.equal(codeOf(await closeSiteOperator(country, SITE, id)), 'operator-unknown');
  assert.equal(codeOf(await country.operators.signIn(SITE, id, secret)), 'sign-in-refused');
});

test('an unknown site, a role of another kind of site, none, or a wrong name is refused and writes nothing', async (t) => {
  const country = await operating(t);
  const code = async (site: string, roles: readonly string[], displayName = '花子') =>
    codeOf(await addSiteOperator(country, { site, displayName, roles }));
  assert.equal(await code('municipal/131016', ['registrar']), 'site-unknown');
  assert.equal(await code(SITE, ['registrar', 'card-clerk']), 'role-unknown');
  assert.equal(await code('national', ['registrar']), 'role-unknown');
  assert.equal(await code('prefectural/13', []), 'role-unknown');
  assert.equal(await code(SITE, ['registrar'], ''), 'operator-invalid');
  assert.equal(codeOf(await siteOperators(country, 'nowhere')), 'site-unknown');
  assert.equal(codeOf(await closeSiteOperator(country, 'nowhere', 'o-aaaaaa')), 'site-unknown');
  for (const { site } of country.sites) assert.deepEqual(await country.operators.list(site), []);
});
