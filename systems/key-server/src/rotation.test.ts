/** Keys of sites change while messages flow: none is lost, none refused; an ended key is of no use at once. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Clock, systemClock } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import {
  Dispatcher,
  type Envelope,
  inProcessTransport,
  keyIdOf,
  openSite,
  Receivers,
  send,
  type Transport,
} from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { nodeTrust } from './node/node-trust.ts';
import { rotateSite } from './node/rotate-site.ts';
import { approveProposal, proposeRootAct } from './root/proposals.ts';
import { by, codeOf, type TestKeyServer, testKeyServer } from './testing/key-server-for-test.ts';

const SITE = 'municipal/132217';
const LINK = `${SITE}>national:key_server`;

/** Goes on as time does, and can be put forward. */
class LeapingClock implements Clock {
  #aheadMs = 0;
  now(): number {
    return systemClock.now() + this.#aheadMs;
  }
  leap(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** The link between the two sites in both directions of trust: receivers and a dispatcher that ask for certificates. */
function openTraffic(t: TestContext, { context, database, signing }: TestKeyServer, clock: Clock) {
  const applied: number[] = [];
  const troubles: string[] = [];
  const envelopes: Envelope[] = [];
  const shared = { sql: database.pool('link'), signing, clock, trusts: nodeTrust(context) };
  const receivers = new Receivers({ ...shared, sites: ['national'] });
  receivers.register({
    system: 'key_server',
    pool: database.pool('key_server'),
    topics: {
      note: async (_tx, _context, messages) => {
        for (const { body } of messages) applied.push((body as { readonly n: number }).n);
        return messages.map(() => undefined);
      },
    },
  });
  const within = inProcessTransport(receivers);
  const transport: Transport = {
    deliver: (site, envelope) => {
      envelopes.push(envelope);
      return within.deliver(site, envelope);
    },
  };
  const onTrouble = ({ code, detail }: { code: string; detail: string }) =>
    troubles.push(`${code}: ${detail}`);
  const dispatcher = new Dispatcher({ ...shared, sites: [SITE], transport, random: () => 0, onTrouble });
  dispatcher.start();
  t.after(() => dispatcher.stop());
  const note = async (n: number): Promise<void> => {
    await inTransaction(database.pool('key_server'), { site: SITE }, (tx) =>
      send(tx, LINK, [{ subject: `s-${n % 7}`, topic: 'note', body: { n } }]),
    );
    dispatcher.wake();
  };
  return { applied, troubles, envelopes, receivers, dispatcher, note };
}

const keyIdsOf = (envelopes: readonly Envelope[]): Set<string> =>
  new Set(envelopes.map(({ header }) => (JSON.parse(header) as { keyId: string }).keyId));

test('both ends change keys three times while messages flow: none is lost, none refused, none doubled', async (t) => {
  const clock = new LeapingClock();
  const server = await testKeyServer(t, clock);
  const traffic = openTraffic(t, server, clock);
  let sent = 0;
  const flow = async (messages: number): Promise<void> => {
    for (let left = messages; left > 0; left--) await traffic.note(++sent);
  };
  const drained = async () =>
    mustSucceed(await traffic.dispatcher.drain({ timeoutMs: 60_000 }), 'the link did not fall silent');
  await flow(5);
  await drained();
  for (let turn = 0; turn < 3; turn++)
    for (const site of [SITE, 'national']) {
      const [, rotated] = await Promise.all([flow(15), rotateSite(server.context, by('o-officer'), site)]);
      assert.equal(codeOf(rotated), 'ok');
      await flow(5);
      await drained(); // else a slow dispatcher could pass over a key that is soon the last but one
    }
  assert.deepEqual(traffic.troubles, []);
  assert.deepEqual(
    traffic.applied.toSorted((a, b) => a - b),
    Array.from({ length: sent }, (_, index) => index + 1),
  );
  assert.equal(sent, 125);
  assert.equal(
    keyIdsOf(traffic.envelopes).size,
    4,
    'envelopes under the first key and each of the three after it',
  );
});

test('the old key is accepted until the overlap is over, a revoked site’s key not from the next envelope on', async (t) => {
  const clock = new LeapingClock();
  const server = await testKeyServer(t, clock);
  const traffic = openTraffic(t, server, clock);
  const drained = async () => mustSucceed(await traffic.dispatcher.drain({ timeoutMs: 60_000 }), 'drain');
  await traffic.note(1);
  await drained();
  const [old] = traffic.envelopes;
  const rotated = await rotateSite(server.context, by('o-officer'), SITE);
  assert.ok(rotated.ok && rotated.value.overlapEnds !== undefined);
  await traffic.note(2);
  await drained();
  const fresh = traffic.envelopes.at(-1);
  const answers = async () => [
    codeOf(await traffic.receivers.receive(old)),
    codeOf(await traffic.receivers.receive(fresh)),
  ];
  assert.deepEqual(await answers(), ['ok', 'ok']);
  clock.leap(rotated.value.overlapEnds - clock.now());
  assert.deepEqual(await answers(), ['key-unknown', 'ok']);
  const proposed = await proposeRootAct(server.context, by('o-one'), { kind: 'revoke-site', node: SITE });
  assert.ok(proposed.ok);
  assert.equal(codeOf(await approveProposal(server.context, by('o-two'), proposed.value.id)), 'ok');
  assert.deepEqual(await answers(), ['key-unknown', 'key-unknown']);
  assert.deepEqual(traffic.applied, [1, 2]);
});

test('planted: a key in the directory without a certificate of the node authority, or with another’s, is not believed', async (t) => {
  const clock = new LeapingClock();
  const server = await testKeyServer(t, clock);
  const trusts = nodeTrust(server.context);
  const rows = await server.database.pool('link')<{ site: string; publicKey: Buffer; certificate: Buffer }[]>`
    SELECT site, public_key AS "publicKey", certificate FROM link.site_key ORDER BY site`;
  const [municipal, national] = rows;
  assert.ok(municipal && national);
  assert.equal(await trusts(municipal), true);
  assert.equal(await trusts({ ...municipal, certificate: null }), false);
  assert.equal(await trusts({ ...municipal, certificate: national.certificate }), false);
  assert.equal(await trusts({ ...municipal, site: 'national' }), false);
  assert.equal(await trusts({ ...municipal, publicKey: national.publicKey }), false);
  const tampered = Buffer.from(municipal.certificate);
  tampered.writeUInt8(tampered.readUInt8(tampered.length - 9) ^ 1, tampered.length - 9);
  assert.equal(await trusts({ ...municipal, certificate: tampered }), false);
  const link = server.database.pool('link');
  const denied = { code: '42501' };
  await assert.rejects(link`UPDATE link.site_key SET ended_at = NULL`, denied);
  await assert.rejects(
    link`
      INSERT INTO link.site_key (site, public_key, certificate) VALUES (${SITE}, ${Buffer.alloc(32)}, ${tampered})`,
    denied,
  );
  clock.leap(398 * 86_400_000);
  assert.equal(await trusts(municipal), false);
});

test('an installation opens again after a rotation with the key that it had first, and with no other', async (t) => {
  const { context, database, signer } = await testKeyServer(t, systemClock);
  const first = mustSucceed(await signer.publicKey(`link/${SITE}`), 'the first key').subarray(-32);
  assert.equal(codeOf(await rotateSite(context, by('o-officer'), SITE)), 'ok');
  const sql = database.pool('link');
  const [now] = await sql<{ key: Buffer }[]>`SELECT public_key AS key FROM link.site WHERE site = ${SITE}`;
  assert.notEqual(keyIdOf(now?.key ?? Buffer.alloc(0)), keyIdOf(first));
  assert.equal(codeOf(await openSite(sql, { site: SITE, name: SITE, publicKey: first })), 'ok');
  const [then] = await sql<{ key: Buffer }[]>`SELECT public_key AS key FROM link.site WHERE site = ${SITE}`;
  assert.deepEqual(then, now);
  const stranger = await openSite(sql, { site: SITE, name: SITE, publicKey: Buffer.alloc(32, 9) });
  assert.equal(codeOf(stranger), 'site-key-differs');
});
