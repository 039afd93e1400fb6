import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { SignerResult } from './signer-code.ts';
import { startSigner } from './start-signer.ts';
import { runningSigner, signerOptions } from './testing/running-signer.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const codeOf = (result: { ok: boolean; failure?: { code: string } }) => result.failure?.code;
const get = async <T>(result: Promise<SignerResult<T>>): Promise<T> => mustSucceed(await result, 'request');

test('the socket is 0600 in a directory of 0700, and an open directory is refused', async (t) => {
  const { signer } = await runningSigner(t);
  assert.equal((await stat(signer.socketPath)).mode & 0o777, 0o600);
  assert.equal((await stat(dirname(signer.socketPath))).mode & 0o777, 0o700);
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'run'), { mode: 0o755 });
  await chmod(join(folder, 'run'), 0o755);
  assert.equal(codeOf(await startSigner(signerOptions(folder))), 'socket-unavailable');
  const long = { socketPath: join(folder, 'x'.repeat(100), 'sock') };
  assert.equal(codeOf(await startSigner(signerOptions(folder, long))), 'socket-unavailable');
});

test('with a client group the group may connect, and may still neither list the directory nor read the files', async (t) => {
  const folder = await temporaryFolder(t);
  const clientGroupId = process.getgid?.() ?? assert.fail();
  for (let start = 0; start < 2; start++) {
    const signer = mustSucceed(await startSigner(signerOptions(folder, { clientGroupId })), 'start');
    const found = [await stat(signer.socketPath), await stat(dirname(signer.socketPath))];
    assert.deepEqual(
      found.map(({ mode, gid }) => [mode & 0o777, gid]),
      [
        [0o660, clientGroupId],
        [0o710, clientGroupId],
      ],
    );
    for (const file of ['keys', 'state', 'keys.lock']) {
      assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
    }
    await signer.close();
  }
  assert.equal(
    codeOf(await startSigner(signerOptions(folder))),
    'socket-unavailable',
    'the group is not asked for',
  );
});

test('one key store has one signer, and a start that failed leaves it free', async (t) => {
  const { folder, signer } = await runningSigner(t);
  const second = { socketPath: join(folder, 'other', 'sock') };
  assert.equal(codeOf(await startSigner(signerOptions(folder, second))), 'key-store-in-use');
  await signer.close();
  assert.equal(
    codeOf(await startSigner(signerOptions(folder, { passphrase: 'not the passphrase' }))),
    'passphrase-wrong',
  );
  const again = mustSucceed(await startSigner(signerOptions(folder)), 'restart');
  await again.close();
});

test('a key store without its state, or a state without its key store, does not start', async (t) => {
  const { folder, signer, connect } = await runningSigner(t);
  const client = await connect();
  await get(client.generateKey('ledger/x', 'ed25519', ['checkpoint']));
  const first = { size: 1, rootHash: randomBytes(32), previousSize: 0, consistencyProof: [] };
  await get(client.signCheckpoint({ key: 'ledger/x', origin: 'log.example/x', ...first }));
  await client.close();
  await signer.close();
  const start = async (changes: object) => codeOf(await startSigner(signerOptions(folder, changes)));
  assert.equal(await start({ statePath: join(folder, 'elsewhere') }), 'state-missing');
  assert.equal(await start({ keyStorePath: join(folder, 'elsewhere') }), 'key-store-missing');
  const other = await runningSigner(t);
  await other.signer.close();
  await rm(join(folder, 'keys'));
  await copyFile(join(other.folder, 'keys'), join(folder, 'keys'));
  await chmod(join(folder, 'keys'), 0o600);
  assert.equal(await start({}), 'state-foreign');
});
