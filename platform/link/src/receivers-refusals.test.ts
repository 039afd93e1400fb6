import assert from 'node:assert/strict';
import { test } from 'node:test';
import { envelopeOf, linkNameOf } from '../fixtures/envelopes.ts';
import {
  appliedOf,
  changeKeyOf,
  databaseWith,
  keyIdByHand,
  keyPairOf,
  receiversOf,
  testSigning,
} from '../fixtures/test-sites.ts';
import { signAcknowledgement } from './acknowledgement.ts';
import { type Envelope, replaceSiteKey } from './index.ts';

const LINK = 'town/1>centre:recorder';

test('a link’s queue is bounded', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const receivers = receiversOf(database, ['centre']);
  const envelope = await envelopeOf(LINK, [{ seq: 1, subject: 'a' }]);
  await receivers.receive(envelope);
  const results = await Promise.all(Array.from({ length: 20 }, () => receivers.receive(envelope)));
  const codes = results.filter((result) => !result.ok).map((result) => !result.ok && result.failure.code);
  assert.deepEqual(
    codes,
    Array.from({ length: 4 }, () => 'receiver-busy'),
  );
});

test('what is not proved to come from the link’s site is refused, and nothing of it is applied', async (t) => {
  const others = ['town/2>centre:recorder', 'centre>town/1:recorder', 'town/1>centre:stranger'];
  const database = await databaseWith(t, [LINK, ...others]);
  const receivers = receiversOf(database, ['centre']);
  const one = (link: string, seq = 1): Promise<Envelope> => envelopeOf(link, [{ seq, subject: 'a' }]);
  const right = await one(LINK);
  const keyId = keyIdByHand(keyPairOf('town/2').publicKey);
  const header = right.header.replaceAll('town/1', 'town/2');
  const link = linkNameOf(LINK);
  const receipt = { receivedThrough: 1, missing: [], parked: [] };
  const acknowledgement = await signAcknowledgement(testSigning, link, 'x', receipt, 'k');
  const cases: readonly (readonly [string, unknown])[] = [
    ['key-unknown', { ...right, header }],
    ['signature-wrong', { ...right, header: header.replace(/[0-9a-f]{16}"}$/, `${keyId}"}`) }],
    ['signature-wrong', { ...right, signature: Buffer.alloc(64).toString('base64') }],
    ['digest-mismatch', { ...right, body: '[]' }],
    ['link-unknown', await one('town/3>centre:recorder')], // not open
    ['link-unknown', await one('centre>town/1:recorder')], // a site that is not served
    ['link-unknown', await one('town/1>centre:stranger')], // a system that is not registered
    ['sequence-range', await one(LINK, 10_001)],
    ['envelope-malformed', { ...acknowledgement, body: '[]' }],
  ];
  for (const [code, input] of cases) {
    const result = await receivers.receive(input);
    assert.equal(result.ok || result.failure.code, code);
  }
  assert.deepEqual(await appliedOf(database, LINK), []);
  assert.ok((await receivers.receive(await one(LINK, 10_000))).ok);
});

test('a site’s new key is taken without a restart, and its old one no more', async (t) => {
  const database = await databaseWith(t, [LINK]);
  const receivers = receiversOf(database, ['centre']);
  assert.ok((await receivers.receive(await envelopeOf(LINK, [{ seq: 1, subject: 'a' }]))).ok);
  const old = await envelopeOf(LINK, [{ seq: 2, subject: 'a' }]);
  changeKeyOf('town/1');
  await replaceSiteKey(database.pool('link'), 'town/1', keyPairOf('town/1').publicKey);
  for (let attempt = 0; attempt < 2; attempt++) {
    const result = await receivers.receive(old);
    assert.equal(result.ok || result.failure.code, 'key-unknown');
  }
  assert.ok((await receivers.receive(await envelopeOf(LINK, [{ seq: 2, subject: 'a' }]))).ok);
  assert.equal((await appliedOf(database, LINK)).length, 2);
});
