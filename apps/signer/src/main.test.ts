import assert from 'node:assert/strict';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { stat, utimes, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustSucceed } from '@ishizue/outcome';
import { linkSignedBytes, SignerClient } from '@ishizue/signer';
import { signerEnvironment } from './index.ts';
import { GrowingTree } from './testing/growing-tree.ts';
import { newSettings, startProgram, startWith } from './testing/signer-program.ts';

test('the program says when it is ready, signs, and ends with 0 on SIGTERM, leaving no socket', async (t) => {
  const settings = await newSettings(t);
  const program = startWith(t, settings);
  assert.equal(await program.ready, true);
  const client = mustSucceed(await SignerClient.connect(settings.socketPath), 'connect');
  const key = 'link/national';
  const spki = mustSucceed(await client.generateKey(key, 'ed25519', ['envelope']), 'key');
  const header = JSON.stringify({ v: 1, kind: 'envelope', link: 'national>national:jpki', from: 'national' });
  const signature = mustSucceed(await client.signEnvelope({ key, header }), 'sign');
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  assert.equal(verify(null, linkSignedBytes(header), publicKey, signature), true);
  const refused = await client.signOcsp({ key, tbs: Buffer.from('x') });
  assert.equal(!refused.ok && refused.failure.code, 'use-not-allowed');
  program.process.kill('SIGTERM');
  const { code, stdout, stderr } = await program.ended;
  await client.close();
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).event, 'ready');
  const { event, operation, code: reason } = JSON.parse(stderr);
  assert.deepEqual(
    { event, operation, reason },
    { event: 'refused', operation: 'signOcsp', reason: 'use-not-allowed' },
  );
  await assert.rejects(stat(settings.socketPath), { code: 'ENOENT' });
});

test('if asked, it ends when its parent’s pipe closes; if not, it goes on', async (t) => {
  const settings = await newSettings(t);
  const leaving = startWith(t, { ...settings, exitWithParent: true });
  assert.equal(await leaving.ready, true);
  leaving.process.stdin.destroy();
  assert.equal((await leaving.ended).code, 0);
  const staying = startWith(t, settings);
  assert.equal(await staying.ready, true);
  staying.process.stdin.destroy();
  staying.process.stdout.destroy();
  staying.process.stderr.destroy();
  await sleep(100);
  const client = mustSucceed(await SignerClient.connect(settings.socketPath), 'connect');
  assert.equal((await client.publicKey('none')).ok, false); // writes a line to the closed pipe
  assert.equal((await client.ping()).ok, true);
  await client.close();
});

test('it does not start without its settings, without a passphrase file or with a wrong passphrase', async (t) => {
  const settings = await newSettings(t);
  const failure = async (environment: Record<string, string>) => {
    const { code, stderr } = await startProgram(t, environment).ended;
    assert.equal(code, 1);
    return JSON.parse(stderr).code;
  };
  assert.equal(await failure({}), 'setting-missing');
  const environment = signerEnvironment(settings);
  assert.equal(await failure({ ...environment, ISHIZUE_SIGNER_CLIENT_GROUP: 'staff' }), 'setting-invalid');
  assert.equal(
    await failure({ ...environment, ISHIZUE_SIGNER_PASSPHRASE_FILE: '/nowhere' }),
    'passphrase-missing',
  );
  const token = { library: '/nowhere/lib.so', label: 'one', pinFile: '/nowhere' };
  assert.equal(await failure(signerEnvironment({ ...settings, token })), 'token-pin-missing');
  const half = { ...environment, ISHIZUE_SIGNER_TOKEN_LABEL: 'one' };
  assert.equal(await failure(half), 'setting-missing');
  const keys = { holder: '2028-04-01=p-521', authority: '' };
  assert.equal(await failure(signerEnvironment({ ...settings, keyTypes: keys })), 'key-rule-invalid');
  const first = startWith(t, settings);
  await first.ready;
  assert.equal(await failure(environment), 'key-store-in-use');
  first.process.kill('SIGINT');
  assert.equal((await first.ended).code, 0);
  await writeFile(settings.passphraseFile, 'another passphrase');
  assert.equal(await failure(environment), 'passphrase-wrong');
});

test('started with a clock behind its own last write, it dates nothing', async (t) => {
  const settings = await newSettings(t);
  const first = startWith(t, settings);
  assert.equal(await first.ready, true);
  first.process.kill('SIGTERM');
  await first.ended;
  const hourAhead = new Date(Date.now() + 3_600_000);
  await utimes(settings.statePath, hourAhead, hourAhead);
  const second = startWith(t, settings);
  assert.equal(await second.ready, true);
  const client = mustSucceed(await SignerClient.connect(settings.socketPath), 'connect');
  mustSucceed(await client.generateKey('jpki/one', 'p-256', ['ocsp']), 'key');
  const refused = await client.signOcsp({ key: 'jpki/one', tbs: Buffer.from('x') });
  assert.equal(!refused.ok && refused.failure.code, 'clock-moved');
  assert.match(refused.ok ? '' : refused.failure.detail, /behind what was signed last/);
  await client.close();
});

const ORIGINS = Array.from({ length: 8 }, (_, i) => `log.example/${i}`);
const KEY = 'ledger/all';

/** Grows one tree until the signer goes away; returns the last head whose signature came back. */
async function growUntilLost(client: SignerClient, tree: GrowingTree, origin: string, from: number) {
  let returned = from;
  for (;;) {
    const size = returned + 1 + (returned % 3);
    const head = { origin, size, rootHash: tree.root(size), previousSize: returned };
    const signed = await client.signCheckpoint({
      key: KEY,
      ...head,
      consistencyProof: tree.proof(returned, size),
    });
    if (!signed.ok) {
      assert.equal(signed.failure.code, 'signer-unavailable');
      return returned;
    }
    returned = size;
  }
}

test('kill -9 under concurrent checkpoint signing: the memory is never behind a signature that came back', async (t) => {
  const settings = await newSettings(t);
  const trees = ORIGINS.map((origin) => new GrowingTree(origin));
  let sizes = ORIGINS.map(() => 0);
  let ahead = 0;
  for (let round = 0; round < 6; round++) {
    const program = startWith(t, settings);
    assert.equal(await program.ready, true, 'it starts after every kill');
    const connecting = [SignerClient.connect(settings.socketPath), SignerClient.connect(settings.socketPath)];
    const clients = (await Promise.all(connecting)).map((client) => mustSucceed(client, 'connect'));
    const [one, two] = clients;
    assert.ok(one && two);
    mustSucceed(await one.generateKey(KEY, 'ed25519', ['checkpoint']), 'key');
    const remembered = await Promise.all(
      ORIGINS.map(async (origin, i) => {
        const [returned, tree] = [sizes[i] ?? 0, trees[i] ?? assert.fail()];
        const last = mustSucceed(await one.lastCheckpoint(origin), 'last');
        const size = last?.size ?? 0;
        assert.ok(size >= returned, `${origin} went back from ${returned} to ${size}`);
        if (!last) return size;
        ahead += size - returned;
        assert.deepEqual(last.rootHash, tree.root(size));
        const fork = { origin, size, rootHash: randomBytes(32), previousSize: size, consistencyProof: [] };
        const refused = await two.signCheckpoint({ key: KEY, ...fork });
        assert.equal(!refused.ok && refused.failure.code, 'checkpoint-fork');
        return size;
      }),
    );
    const growing = ORIGINS.map((origin, i) =>
      growUntilLost(i % 2 ? one : two, trees[i] ?? assert.fail(), origin, remembered[i] ?? 0),
    );
    await sleep(40 + round * 30);
    program.process.kill('SIGKILL');
    sizes = await Promise.all(growing);
    await program.ended;
    await Promise.all(clients.map((client) => client.close()));
  }
  assert.ok(sizes.every((size) => size > 0));
  t.diagnostic(`sizes ${sizes.join(' ')}; remembered beyond what came back: ${ahead} leaves`);
});
