import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustSucceed } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { encodeFrame, FrameReader } from './frame.ts';
import { ANSWER_BYTES_MAX, ANSWER_OK, ANSWER_REFUSED, operations, refusal } from './operations.ts';
import { runningSigner } from './testing/running-signer.ts';
import { decode, nothing } from './wire.ts';

interface RawAnswer {
  readonly requestId: number;
  readonly kind: number;
  readonly code: string | undefined;
}

/** Sends bytes as they are and collects the answers until the signer closes, or until `until` of them are there. */
async function exchange(path: string, sent: Buffer, until = Number.POSITIVE_INFINITY): Promise<RawAnswer[]> {
  const socket = connect(path);
  const reader = new FrameReader({ bodyBytesMax: () => ANSWER_BYTES_MAX });
  const answers: RawAnswer[] = [];
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    for (let frame = reader.next(); frame && !('fault' in frame); frame = reader.next()) {
      const code = frame.kind === ANSWER_REFUSED ? decode(refusal, frame.body)?.value.code : undefined;
      answers.push({ requestId: frame.requestId, kind: frame.kind, code });
      if (answers.length >= until) socket.destroy();
    }
  });
  socket.write(sent);
  await closed;
  return answers;
}

const rawFrame = (length: number, requestId: number, kind: number, body = Buffer.alloc(0)): Buffer => {
  const header = Buffer.alloc(9);
  header.writeUInt32BE(length);
  header.writeUInt32BE(requestId, 4);
  header.writeUInt8(kind, 8);
  return Buffer.concat([header, body]);
};

test('a malformed frame is answered with its code and ends its connection, while others go on', async (t) => {
  const { signer, connect: client } = await runningSigner(t);
  const other = await client();
  const ping = encodeFrame(1, operations.ping.number, nothing, undefined);
  const cases: [string, Buffer][] = [
    ['frame-malformed', rawFrame(0, 9, 1)],
    ['frame-too-large', rawFrame(6, 9, operations.ping.number, Buffer.from('x'))],
    ['frame-too-large', rawFrame(0xffffffff, 9, operations.signCrl.number)],
    ['operation-unknown', rawFrame(5, 9, 200)],
    ['operation-unknown', rawFrame(5, 9, 0)],
    ['frame-malformed', rawFrame(6, 9, operations.publicKey.number, Buffer.from([0]))],
    ['frame-malformed', rawFrame(5 + 4, 9, operations.publicKey.number, Buffer.from('0001ff00', 'hex'))],
  ];
  for (const [code, frame] of cases) {
    // pipelined requests before it are answered; what follows it is not
    const answers = await exchange(
      signer.socketPath,
      Buffer.concat([ping, frame, ping, randomBytes(1_000_000)]),
    );
    assert.deepEqual(answers, [
      { requestId: 1, kind: ANSWER_OK, code: undefined },
      { requestId: 9, kind: ANSWER_REFUSED, code },
    ]);
    mustSucceed(await other.ping(), 'the other client');
  }
});

test('no stream of bytes stops the signer', async (t) => {
  const { signer, connect: client } = await runningSigner(t);
  const other = await client();
  const numbers = Object.values(operations).map((operation) => operation.number);
  const plausible = fc
    .tuple(fc.nat({ max: 40 }), fc.constantFrom(...numbers), fc.uint8Array({ maxLength: 40 }), fc.boolean())
    .map(([length, kind, body, exact]) =>
      rawFrame(exact ? body.length + 5 : length, 3, kind, Buffer.from(body)),
    );
  const stream = fc.array(fc.oneof(plausible, fc.uint8Array({ maxLength: 60 })), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(stream, async (parts) => {
      const socket: Socket = connect(signer.socketPath);
      socket.on('error', () => undefined);
      socket.resume();
      socket.end(Buffer.concat(parts));
      await new Promise((resolve) => socket.once('close', resolve));
      const answer = await other.ping();
      assert.ok(answer.ok);
    }),
    { numRuns: 300 },
  );
  const health = mustSucceed(await other.health(), 'health');
  assert.equal(health.connections, 1, 'the closed connections are forgotten');
});

test('a client that does not read its answers is not read from, and its memory stays bounded', async (t) => {
  const { signer, connect: client } = await runningSigner(t);
  const other = await client();
  for (let i = 0; i < 40; i++) {
    mustSucceed(await other.generateKey(`link/${i}`, 'ed25519', ['envelope']), 'key');
  }
  const list = encodeFrame(1, operations.listKeys.number, nothing, undefined);
  const socket = connect(signer.socketPath);
  socket.on('error', () => undefined);
  socket.pause();
  const flood = Buffer.concat(Array.from({ length: 20_000 }, () => list)); // answers of 4 KB each: 80 MB
  for (let i = 0; i < 5; i++) socket.write(flood);
  const answeredSoFar = async () => mustSucceed(await other.health(), 'health').answered;
  let answered = await answeredSoFar();
  for (let before = 0; answered > before + 1; answered = await answeredSoFar()) {
    before = answered; // the question itself counts as one
    await sleep(100);
  }
  assert.ok(answered < 2_000, `${answered} answered although nobody reads`);
  assert.ok(socket.writableLength > 0, 'the signer stopped reading');
  socket.destroy();
});

test('a half-sent frame holds nothing up for others', async (t) => {
  const { signer, connect: client } = await runningSigner(t);
  const other = await client();
  const stuck = Array.from({ length: 6 }, () => {
    const socket = connect(signer.socketPath);
    socket.on('error', () => undefined);
    socket.write(rawFrame(1024 * 1024, 1, operations.signCrl.number, Buffer.alloc(100)));
    return socket;
  });
  await sleep(50);
  mustSucceed(await other.generateKey('ca/one', 'p-256', ['crl']), 'a small request goes on');
  const large = Buffer.alloc(1_000_000, 0x30);
  mustSucceed(await other.signCrl({ key: 'ca/one', tbs: large }), 'a large request goes on');
  for (const socket of stuck) socket.destroy();
});

test('the largest CRL goes through, one byte more does not leave the client', async (t) => {
  const { connect: client } = await runningSigner(t);
  const one = await client();
  mustSucceed(await one.generateKey('ca/one', 'p-256', ['crl']), 'key');
  const overhead = 2 + 'ca/one'.length + 4;
  const tbs = Buffer.alloc(operations.signCrl.requestBytesMax - overhead, 0x30);
  mustSucceed(await one.signCrl({ key: 'ca/one', tbs }), 'the largest');
  const refused = await one.signCrl({ key: 'ca/one', tbs: Buffer.concat([tbs, Buffer.alloc(1)]) });
  assert.equal(!refused.ok && refused.failure.code, 'request-invalid');
});
