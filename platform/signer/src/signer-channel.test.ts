import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustSucceed } from '@ishizue/outcome';
import { encodeFrame, FrameReader } from './frame.ts';
import { ANSWER_OK, operations, PROTOCOL_VERSION } from './operations.ts';
import { SignerClient } from './signer-client.ts';
import { startSigner } from './start-signer.ts';
import { runningSigner, signerOptions } from './testing/running-signer.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { u16 } from './wire.ts';

const codeOf = (result: { ok: boolean; failure?: { code: string } }) => result.failure?.code;

test('a client finds the signer again after a restart; what it asks meanwhile fails at once', async (t) => {
  const { signer, folder, connect } = await runningSigner(t);
  const client = await connect();
  const spki = mustSucceed(await client.generateKey('link/a', 'ed25519', ['envelope']), 'key');
  await signer.close();
  await sleep(30);
  assert.equal(codeOf(await client.ping()), 'signer-unavailable');
  const again = mustSucceed(await startSigner(signerOptions(folder)), 'restart');
  t.after(() => again.close());
  for (let tries = 0; !(await client.ping()).ok; tries++) {
    assert.ok(tries < 200, 'it did not connect again');
    await sleep(20);
  }
  assert.deepEqual(mustSucceed(await client.publicKey('link/a'), 'the same key'), spki);
});

test('thousands of requests at once are all answered, each with its own answer', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  mustSucceed(await client.ensureSecret('a/b', ['permute']), 'secret');
  const values = Array.from({ length: 5_000 }, (_, i) => String(i).padStart(8, '0'));
  const together = mustSucceed(await client.permute({ key: 'a/b', digits: 8, values }), 'batch');
  const apart = await Promise.all(
    values.map((value) => client.permute({ key: 'a/b', digits: 8, values: [value] })),
  );
  assert.deepEqual(
    apart.map((answer) => mustSucceed(answer, 'one')[0]),
    together,
  );
});

test('more requests than the queue holds are told so, and the rest is answered', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  const answers = await Promise.all(Array.from({ length: 20_000 }, () => client.ping()));
  const busy = answers.filter((answer) => codeOf(answer) === 'signer-busy').length;
  assert.ok(busy > 0);
  assert.equal(answers.filter((answer) => answer.ok).length, 20_000 - busy);
});

test('closing waits for what is in flight, and a closed client refuses', async (t) => {
  const { connect } = await runningSigner(t);
  const client = await connect();
  const generated = client.generateKey('ca/slow', 'rsa-2048', ['ocsp']);
  await client.close();
  assert.equal((await generated).ok, true);
  assert.equal(codeOf(await client.ping()), 'signer-unavailable');
});

test('closing the signer lets what is in flight be answered', async (t) => {
  const { signer, connect } = await runningSigner(t);
  const client = await connect();
  const generated = client.generateKey('ca/slow', 'rsa-2048', ['ocsp']);
  await sleep(20);
  await signer.close();
  assert.equal((await generated).ok, true);
});

test('where nobody listens, connecting gives up with a code', async (t) => {
  const folder = await temporaryFolder(t);
  const connected = await SignerClient.connect(join(folder, 'none'), { connectMsMax: 100 });
  assert.equal(codeOf(connected), 'signer-unavailable');
});

/** A server that answers the first ping and then behaves as told. */
async function fakeSigner(
  folder: string,
  afterwards: (write: (data: Buffer) => void, end: () => void) => void,
) {
  const path = join(folder, 'fake.sock');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    const reader = new FrameReader({ bodyBytesMax: () => 1000 });
    let first = true;
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      for (let frame = reader.next(); frame; frame = reader.next()) {
        if (first) socket.write(encodeFrame(frame.requestId, ANSWER_OK, u16, PROTOCOL_VERSION));
        else
          afterwards(
            (data) => socket.write(data),
            () => socket.destroy(),
          );
        first = false;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { path, close: () => rm(path, { force: true }).then(() => server.close()) };
}

test('requests on a connection that breaks, or that answers rubbish, come back as unavailable', async (t) => {
  const behaviours = [
    (_: (data: Buffer) => void, end: () => void) => end(),
    (write: (data: Buffer) => void) => write(Buffer.alloc(9, 0xff)),
    (write: (data: Buffer) => void) => write(encodeFrame(2, ANSWER_OK, u16, 7)), // no answer to health
    (write: (data: Buffer) => void) => write(encodeFrame(2, 77, u16, 7)),
  ];
  for (const behaviour of behaviours) {
    const fake = await fakeSigner(await temporaryFolder(t), behaviour);
    const client = mustSucceed(await SignerClient.connect(fake.path), 'connect');
    const [one, two] = await Promise.all([client.health(), client.health()]);
    assert.deepEqual([codeOf(one), codeOf(two)], ['signer-unavailable', 'signer-unavailable']);
    await client.close();
    await fake.close();
  }
});

test('an answer that does not come is given up after its time', async (t) => {
  const fake = await fakeSigner(await temporaryFolder(t), () => undefined);
  const client = mustSucceed(await SignerClient.connect(fake.path, { answerMsMax: 100 }), 'connect');
  assert.equal(codeOf(await client.ping()), 'signer-timeout');
  await client.close();
  await fake.close();
});

test('a signer of another version is refused', async (t) => {
  assert.equal(operations.ping.number, 1); // never changes: it is how versions are told
  const path = join(await temporaryFolder(t), 'fake.sock');
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(encodeFrame(1, ANSWER_OK, u16, PROTOCOL_VERSION + 1)));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const connected = await SignerClient.connect(path);
  assert.equal(codeOf(connected), 'signer-unavailable');
  server.close();
});
