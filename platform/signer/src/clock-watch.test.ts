/** A signer whose clock was moved signs nothing that others dated; links and ledgers go on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockGuard, ManualClock } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { runningSigner } from './testing/running-signer.ts';

const HOUR_MS = 3_600_000;

test('with the clock an hour off, either way, nothing dated is signed; what is not dated is', async (t) => {
  const clock = new ManualClock('2026-11-23T00:00:00Z');
  const time = { elapsed: () => 0, elapsedAsleepToo: () => 0 };
  const { connect } = await runningSigner(t, { clockWatch: new ClockGuard(clock, time) });
  const client = await connect();
  const uses = ['certificate:leaf', 'crl', 'ocsp'];
  mustSucceed(await client.generateKey('ca/one', 'p-256', uses), 'a key');
  mustSucceed(await client.generateKey('link/national', 'ed25519', ['envelope']), 'a key');
  const tbs = Buffer.alloc(40, 0x30);
  const askAll = async () => {
    const answers = [
      await client.signCertificate({ key: 'ca/one', profile: 'leaf', tbs }),
      await client.signCrl({ key: 'ca/one', tbs }),
      await client.signOcsp({ key: 'ca/one', tbs }),
    ];
    return answers.map((answer) => (answer.ok ? 'ok' : answer.failure.code));
  };
  assert.deepEqual(await askAll(), ['ok', 'ok', 'ok']);
  const header = JSON.stringify({ v: 1, kind: 'envelope', link: 'national>national:jpki', from: 'national' });
  for (const by of [HOUR_MS, -HOUR_MS]) {
    clock.advance(by);
    assert.deepEqual(await askAll(), ['clock-moved', 'clock-moved', 'clock-moved']);
    assert.equal((await client.signEnvelope({ key: 'link/national', header })).ok, true);
    clock.advance(-by);
    assert.deepEqual(await askAll(), ['ok', 'ok', 'ok'], 'as it was');
  }
});
