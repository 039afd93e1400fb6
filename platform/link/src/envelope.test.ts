import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { keyIdByHand, keyPairOf, testSigning } from '../fixtures/test-sites.ts';
import { readAcknowledgement, signAcknowledgement } from './acknowledgement.ts';
import { type Envelope, readEnvelope, readMessages, sealEnvelope } from './envelope.ts';
import { isSignedBy, keyIdOf, publicKeyOf, sha256Of, signedBytes } from './signature.ts';

const link = { from: 'municipal/131016', to: 'prefectural/13', system: 'registry' };
const { publicKey } = keyPairOf(link.from);
const messages = [
  { seq: 5, previous: 0, subject: 'a', topic: 'moved-in', body: '{"name":"髙橋"}' },
  { seq: 6, previous: 5, subject: 'a', topic: 'moved', body: 'null' },
];
const seal = (): Promise<Envelope> => sealEnvelope(testSigning, link, keyIdOf(publicKey), messages);
const codeOfReading = (input: unknown): string => {
  const read = readEnvelope(input);
  if (!read.ok) return read.failure.code;
  const found = readMessages(read.value);
  return found.ok ? 'ok' : found.failure.code;
};

test('an envelope reads back as it was sealed, and is signed by its site', async () => {
  const envelope = await seal();
  const read = mustSucceed(readEnvelope(JSON.parse(JSON.stringify(envelope))), 'reading');
  assert.deepEqual(read.link, link);
  assert.deepEqual([read.header.first, read.header.last, read.header.keyId], [5, 6, keyIdByHand(publicKey)]);
  assert.deepEqual(mustSucceed(readMessages(read), 'messages'), [
    { ...messages[0], body: { name: '髙橋' } },
    { ...messages[1], body: null },
  ]);
  assert.equal(isSignedBy(publicKeyOf(publicKey), envelope.header, envelope.signature), true);
  assert.equal(
    isSignedBy(publicKeyOf(keyPairOf('national').publicKey), envelope.header, envelope.signature),
    false,
  );
  assert.equal(isSignedBy(publicKeyOf(publicKey), `${envelope.header} `, envelope.signature), false);
});

test('openssl finds the signature right', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-link-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const envelope = await seal();
  const file = (name: string, content: string | Buffer): string => {
    const place = path.join(folder, name);
    writeFileSync(place, content);
    return place;
  };
  const key = file('key.pem', publicKeyOf(publicKey).export({ type: 'spki', format: 'pem' }));
  const signed = file('signed', signedBytes(envelope.header));
  const signature = file('signature', Buffer.from(envelope.signature, 'base64'));
  const program = `pkeyutl -verify -pubin -rawin -inkey ${key} -in ${signed} -sigfile ${signature}`;
  const run = spawnSync('openssl', program.split(' '), { encoding: 'utf8' });
  assert.match(run.stdout, /Signature Verified Successfully/, run.stderr);
});

/** An envelope with another header or body, whose digest is right. */
async function changed(change: {
  readonly header?: object;
  readonly body?: (text: string) => string;
}): Promise<Envelope> {
  const envelope = await seal();
  const body = change.body?.(envelope.body) ?? envelope.body;
  const header = JSON.stringify({ ...JSON.parse(envelope.header), sha256: sha256Of(body), ...change.header });
  return { ...envelope, header, body };
}

test('whatever is not an envelope of version 1 is refused with its code', async () => {
  const envelope = await seal();
  const other = (seqs: readonly [number, number]) => (text: string) =>
    text.replace('"seq":5,', `"seq":${seqs[0]},`).replace('"seq":6,', `"seq":${seqs[1]},`);
  const many = `[${Array.from({ length: 501 }, (_, n) => `{"seq":${n + 1}}`).join(',')}]`;
  const cases: readonly (readonly [string, unknown])[] = [
    ['ok', envelope],
    ['envelope-malformed', null],
    ['envelope-malformed', { ...envelope, more: 1 }],
    ['envelope-malformed', { ...envelope, signature: 'AAAA' }],
    ['envelope-malformed', { ...envelope, header: '{' }],
    ['envelope-malformed', { ...envelope, header: ' '.repeat(5000) }],
    ['envelope-malformed', await changed({ header: { v: 2 } })],
    ['envelope-malformed', await changed({ header: { kind: 'acknowledgement' } })],
    ['envelope-malformed', await changed({ header: { from: 'national' } })],
    ['envelope-malformed', await changed({ header: { link: 'x' } })],
    ['envelope-malformed', await changed({ header: { first: 0 } })],
    ['envelope-malformed', await changed({ body: () => '{' })],
    ['envelope-malformed', await changed({ body: (text) => text.replace('"moved"', '"Moved"') })],
    ['envelope-malformed', await changed({ body: (text) => text.replace(',"body":null', '') })],
    [
      'envelope-malformed',
      await changed({ body: (text) => text.replace('null', `${'['.repeat(65)}${']'.repeat(65)}`) }),
    ],
    [
      'envelope-malformed',
      await changed({ body: (text) => text.replace('null', `${'['.repeat(1e6)}${']'.repeat(1e6)}`) }),
    ],
    ['digest-mismatch', { ...envelope, body: envelope.body.replace('moved-in', 'moved-on') }],
    ['too-large', await changed({ body: () => `"${'x'.repeat(4 * 1024 * 1024)}"` })],
    ['too-large', await changed({ body: () => many, header: { first: 1, last: 501 } })],
    ['sequence-range', await changed({ header: { first: 4 } })],
    ['sequence-range', await changed({ header: { last: 7 } })],
    ['sequence-range', await changed({ body: other([6, 6]), header: { first: 6 } })],
    ['sequence-range', await changed({ body: other([7, 6]), header: { first: 7 } })],
    ['sequence-range', await changed({ body: (text) => text.replace('"previous":5', '"previous":6') })],
    ['sequence-range', await changed({ body: () => '[]' })],
  ];
  for (const [code, input] of cases)
    assert.equal(codeOfReading(input), code, JSON.stringify(input).slice(0, 200));
});

test('an acknowledgement counts only for its envelope, and only when the receiving site signed it', async () => {
  const { header } = await seal();
  const receipt = { receivedThrough: 6, missing: [[2, 3] as const], parked: [5] };
  const acknowledgement = await signAcknowledgement(testSigning, link, header, receipt, 'k');
  const receiverKey = publicKeyOf(keyPairOf(link.to).publicKey);
  const codeOf = (a: typeof acknowledgement, envelopeHeader = header, key = receiverKey): string => {
    const read = readAcknowledgement(a, link, envelopeHeader, (text, signature) =>
      isSignedBy(key, text, signature),
    );
    return read.ok ? 'ok' : read.failure.code;
  };
  assert.equal(codeOf(acknowledgement), 'ok');
  assert.equal(codeOf(acknowledgement, `${header} `), 'acknowledgement-foreign');
  assert.equal(codeOf(acknowledgement, header, publicKeyOf(publicKey)), 'signature-wrong');
  const forged = {
    ...acknowledgement,
    header: acknowledgement.header.replace('"receivedThrough":6', '"receivedThrough":9'),
  };
  assert.equal(codeOf(forged), 'signature-wrong');
  assert.equal(codeOf({ ...acknowledgement, header: '{}' }), 'acknowledgement-malformed');
  const other = await signAcknowledgement(testSigning, { ...link, system: 'jpki' }, header, receipt, 'k');
  assert.equal(codeOf(other), 'acknowledgement-foreign');
});
