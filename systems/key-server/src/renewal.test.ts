/** Sites' certificates renew themselves under a clock that is put forward, with a real signer and messages on the link. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ManualClock } from '@ishizue/clock';
import { fail } from '@ishizue/outcome';
import type { KeyContext } from './key-context.ts';
import { listNodes } from './node/nodes.ts';
import { renewSites } from './node/renew-sites.ts';
import { approveProposal, proposeRootAct } from './root/proposals.ts';
import {
  actsOf,
  by,
  codeOf,
  stillClock,
  type TestKeyServer,
  testKeyServer,
} from './testing/key-server-for-test.ts';

const SITE = 'municipal/132217';
const DAY_MS = 86_400_000;
/** Of 397 days. */
const TWO_THIRDS_MS = ((397 * 2) / 3) * DAY_MS;

async function opened(
  t: TestContext,
): Promise<{ readonly server: TestKeyServer; readonly clock: ManualClock }> {
  const clock = stillClock();
  return { server: await testKeyServer(t, clock), clock };
}

let rounds = 0;
const round = (context: KeyContext) => renewSites(context, `round-${++rounds}`);

test('nothing before two thirds of the life; then every site once, with two keys accepted over the overlap', async (t) => {
  const { server, clock } = await opened(t);
  clock.advance(TWO_THIRDS_MS - 60_000);
  assert.deepEqual(await round(server.context), { renewed: [], failed: [], elsewhere: [] });
  clock.advance(120_000);
  assert.deepEqual((await round(server.context)).renewed.toSorted(), [SITE, 'national']);
  assert.deepEqual(await round(server.context), { renewed: [], failed: [], elsewhere: [] });
  const nodes = await listNodes(server.context);
  assert.deepEqual(
    nodes.map(({ node, state, acceptedKeys }) => [node, state, acceptedKeys]),
    [
      [SITE, 'active', 2],
      ['national', 'active', 2],
    ],
  );
  assert.ok(nodes.every(({ notAfter }) => notAfter === Math.floor(clock.now() / 1000) * 1000 + 397 * DAY_MS));
  const acts = (await actsOf(server)).filter((act) => act.startsWith('key-rotate'));
  assert.deepEqual(acts.toSorted(), [
    `key-rotate key-renewal system ${SITE} ok`,
    'key-rotate key-renewal system national ok',
  ]);
  const [entry] = await server.database.pool('ledger')`
    SELECT actor_kind AS kind FROM ledger.entry WHERE affair = 'key-rotate' LIMIT 1`;
  assert.equal(entry?.['kind'], 'system');
  // and again, for years
  for (let year = 0; year < 4; year++) {
    clock.advance(TWO_THIRDS_MS + 60_000);
    assert.equal((await round(server.context)).renewed.length, 2);
  }
  assert.ok((await listNodes(server.context)).every(({ acceptedKeys }) => acceptedKeys === 2));
});

test('a signer that is away fails the round, and the next one makes it up; one bad site keeps no other', async (t) => {
  const { server, clock } = await opened(t);
  clock.advance(TWO_THIRDS_MS + 60_000);
  const { context } = server;
  const away = Object.create(context.signer) as typeof context.signer;
  away.listKeys = () => Promise.resolve(fail('signer-unavailable', 'planted'));
  const failed = await round({ ...context, signer: away });
  assert.deepEqual(failed.failed.map(({ site, code }) => `${site} ${code}`).toSorted(), [
    `${SITE} signer-unavailable`,
    'national signer-unavailable',
  ]);
  const refusing = new Proxy(context.signer, {
    get: (signer, name) => {
      if (name === 'generateKey')
        return (...asked: Parameters<typeof signer.generateKey>) =>
          asked[0].includes(SITE)
            ? Promise.resolve(fail('key-store-full', 'planted'))
            : signer.generateKey(...asked);
      const member: unknown = Reflect.get(signer, name, signer);
      return typeof member === 'function' ? member.bind(signer) : member;
    },
  });
  assert.deepEqual(await round({ ...context, signer: refusing }), {
    renewed: ['national'],
    failed: [{ site: SITE, code: 'signing-refused' }],
    elsewhere: [],
  });
  assert.ok((await actsOf(server)).includes(`key-rotate key-renewal system ${SITE} signing-refused`));
  assert.deepEqual((await round(context)).renewed, [SITE]);
});

test('what has run out is renewed too; a revoked site is not, and a key that is not in our signer stays its owner’s', async (t) => {
  const { server, clock } = await opened(t);
  const { context, database } = server;
  const proposed = await proposeRootAct(context, by('o-one'), { kind: 'revoke-site', node: SITE });
  assert.ok(proposed.ok);
  assert.equal(codeOf(await approveProposal(context, by('o-two'), proposed.value.id)), 'ok');
  const superuser = database.superuser();
  t.after(() => superuser.end());
  clock.advance(400 * DAY_MS);
  const foreign = new Proxy(context.signer, {
    get: (signer, name) => {
      if (name === 'listKeys') return () => Promise.resolve({ ok: true, value: [] });
      const member: unknown = Reflect.get(signer, name, signer);
      return typeof member === 'function' ? member.bind(signer) : member;
    },
  });
  assert.deepEqual(await round({ ...context, signer: foreign }), {
    renewed: [],
    failed: [],
    elsewhere: ['national'],
  });
  assert.deepEqual(await round(context), { renewed: ['national'], failed: [], elsewhere: [] });
});

test('near the end of the authority nothing is renewed that would not last longer', async (t) => {
  const { server, clock } = await opened(t);
  // the authority lasts 3,650 days: its last certificate ends with it
  let renewals = 0;
  for (let days = 0; days < 3_640; days += 10) {
    clock.advance(10 * DAY_MS);
    renewals += (await round(server.context)).renewed.length;
  }
  const [site] = await listNodes(server.context, SITE);
  assert.equal(site?.state, 'active');
  assert.ok(renewals <= 2 * 16, `${renewals} renewals in ten years`);
});
