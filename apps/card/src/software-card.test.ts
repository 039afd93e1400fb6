import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes, verify } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { importPublicKey, parseCertificationRequest, verifyPossession } from '@ishizue/x509';
import type { CardResult } from './card-code.ts';
import { loadOrMakeDeviceKey } from './device-key.ts';
import { SoftwareCard } from './software-card.ts';
import { cardOnTrial } from './testing/card-on-trial.ts';

const DATA = Buffer.from('a challenge of the relying party');
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const codeOf = (result: CardResult<unknown>): string => (result.ok ? 'ok' : result.failure.code);
const triesOf = (result: CardResult<unknown>): number | undefined =>
  !result.ok && result.failure.code === 'pin-wrong' ? result.failure.triesLeft : undefined;

test('the card asks for certificates with keys of its own, always the same, and proves that it holds them', async (t) => {
  const { card } = await cardOnTrial(t);
  for (const kind of ['authentication', 'signature'] as const) {
    const der = mustSucceed(await card.certificationRequest(kind), kind);
    assert.deepEqual(mustSucceed(await card.certificationRequest(kind), kind), der);
    const request = mustSucceed(parseCertificationRequest(der), kind);
    assert.ok(verifyPossession(request).ok);
    assert.equal(request.publicKey.sizeBits, 2048);
  }
  const [one, two] = await Promise.all([
    card.certificationRequest('authentication'),
    card.certificationRequest('signature'),
  ]);
  assert.notDeepEqual(one, two);
});

test('openssl accepts the request, and the signature of the card', {
  skip: !hasOpenssl && 'no openssl',
}, async (t) => {
  const { card, file } = await cardOnTrial(t, ['authentication']);
  const folder = path.dirname(file);
  const openssl = (line: string) => spawnSync('openssl', line.split(' '), { cwd: folder, encoding: 'utf8' });
  writeFileSync(
    path.join(folder, 'r.der'),
    mustSucceed(await card.certificationRequest('authentication'), ''),
  );
  const verified = openssl('req -inform DER -in r.der -verify -noout -pubkey -out p.pem');
  assert.equal(verified.status, 0, verified.stderr);
  mustSucceed(await card.setPin('authentication', '1234'), 'the PIN');
  writeFileSync(path.join(folder, 'd'), DATA);
  writeFileSync(path.join(folder, 's'), mustSucceed(await card.sign('authentication', '1234', DATA), ''));
  assert.match(openssl('dgst -sha256 -verify p.pem -signature s d').stdout, /Verified OK/);
  writeFileSync(path.join(folder, 'd'), 'another challenge');
  assert.match(openssl('dgst -sha256 -verify p.pem -signature s d').stdout, /failure/i);
});

test('a key signs for its PIN only, and never while no PIN is set', async (t) => {
  const { card } = await cardOnTrial(t);
  const request = mustSucceed(
    parseCertificationRequest(mustSucceed(await card.certificationRequest('signature'), '')),
    '',
  );
  assert.equal(codeOf(await card.sign('signature', 'ABC123', DATA)), 'pin-not-set');
  assert.equal(codeOf(await card.setPin('signature', 'abc123')), 'ok');
  assert.equal(codeOf(await card.setPin('signature', 'XYZ789')), 'pin-already-set');
  const signature = mustSucceed(await card.sign('signature', 'aBc123', DATA), 'upper-cased by the card');
  assert.ok(verify('sha256', DATA, mustSucceed(importPublicKey(request.publicKey), ''), signature));
  assert.equal(codeOf(await card.sign('signature', 'ABC124', DATA)), 'pin-wrong');
  assert.equal(
    codeOf(await card.sign('authentication', '1234', DATA)),
    'pin-not-set',
    'a PIN opens its own key',
  );
  assert.equal(codeOf(await card.sign('signature', 'ABC123', Buffer.alloc(1_048_577))), 'data-too-large');
});

test('PINs have their forms', async (t) => {
  const { card } = await cardOnTrial(t);
  for (const pin of ['', '123', '12345', '12a4', '１２３４', '1234\n'])
    assert.equal(codeOf(await card.setPin('authentication', pin)), 'pin-malformed', JSON.stringify(pin));
  const seventeen = 'A1'.repeat(8) + 'A';
  for (const pin of ['ABC12', 'ABCDEF', '123456', seventeen, 'ABC12-', 'ABC12ſ', 'ABC12ı'])
    assert.equal(codeOf(await card.setPin('signature', pin)), 'pin-malformed', pin);
  assert.equal(codeOf(await card.setPin('authentication', '0000')), 'ok');
  assert.equal(codeOf(await card.setPin('signature', 'A1'.repeat(8))), 'ok');
});

test('tries run out after three and after five, a right PIN gives them back, and a locked PIN stays locked', async (t) => {
  const { card } = await cardOnTrial(t);
  mustSucceed(await card.setPin('authentication', '1234'), '');
  mustSucceed(await card.setPin('signature', 'ABC123'), '');
  assert.equal(triesOf(await card.sign('authentication', '0000', DATA)), 2);
  assert.equal(codeOf(await card.sign('authentication', 'junk', DATA)), 'pin-malformed');
  assert.equal(
    triesOf(await card.sign('authentication', '0000', DATA)),
    1,
    'what cannot be a PIN is not counted',
  );
  assert.ok((await card.sign('authentication', '1234', DATA)).ok);
  const wrong = [];
  for (let n = 0; n < 3; n++) wrong.push(triesOf(await card.changePin('authentication', '0000', '5678')));
  assert.deepEqual(wrong, [2, 1, 0]);
  assert.equal(codeOf(await card.sign('authentication', '1234', DATA)), 'pin-locked');
  assert.equal(codeOf(await card.changePin('authentication', '1234', '5678')), 'pin-locked');
  assert.equal(codeOf(await card.setPin('authentication', '5678')), 'pin-already-set');
  for (let left = 4; left >= 0; left--)
    assert.equal(triesOf(await card.readCertificate('signature', 'XYZ789')), left);
  assert.equal(codeOf(await card.readCertificate('signature', 'ABC123')), 'pin-locked');
  assert.deepEqual(
    mustSucceed(await card.status(), '').keys.map(({ triesLeft }) => triesLeft),
    [0, 0],
  );
});

test('a changed PIN replaces the old one; a malformed new one costs no try', async (t) => {
  const { card } = await cardOnTrial(t, ['authentication']);
  mustSucceed(await card.setPin('authentication', '1234'), '');
  assert.equal(codeOf(await card.changePin('authentication', '0000', 'x')), 'pin-malformed');
  assert.equal(codeOf(await card.changePin('authentication', '1234', '5678')), 'ok');
  assert.equal(triesOf(await card.sign('authentication', '1234', DATA)), 2);
  assert.ok((await card.sign('authentication', '5678', DATA)).ok);
});

test('only the certificate of its own key goes onto the card', async (t) => {
  const [trial, other] = await Promise.all([cardOnTrial(t), cardOnTrial(t)]);
  const der = await trial.certificateFor('authentication');
  assert.equal(codeOf(await trial.card.readCertificate('authentication')), 'certificate-absent');
  assert.equal(
    codeOf(await other.card.writeCertificate('authentication', der)),
    'certificate-of-another-key',
  );
  assert.equal(codeOf(await trial.card.writeCertificate('signature', der)), 'certificate-of-another-key');
  assert.equal(
    codeOf(await trial.card.writeCertificate('authentication', Buffer.from('x'))),
    'certificate-unreadable',
  );
  assert.equal(codeOf(await trial.card.writeCertificate('authentication', der)), 'ok');
  assert.deepEqual(mustSucceed(await trial.card.readCertificate('authentication'), ''), Buffer.from(der));
});

test('once the holder has a PIN, the factory’s doors are shut, and the signature certificate needs its PIN', async (t) => {
  const { card, certificateFor } = await cardOnTrial(t);
  const der = await certificateFor('signature');
  mustSucceed(await card.writeCertificate('signature', der), '');
  mustSucceed(await card.readCertificate('signature'), 'read back in the factory');
  mustSucceed(await card.setPin('signature', 'ABC123'), '');
  assert.equal(codeOf(await card.readCertificate('signature')), 'not-authorised');
  assert.equal(codeOf(await card.writeCertificate('signature', der)), 'not-authorised');
  assert.equal(codeOf(await card.certificationRequest('signature')), 'not-authorised');
  assert.deepEqual(mustSucceed(await card.readCertificate('signature', 'ABC123'), ''), Buffer.from(der));
  assert.equal(codeOf(await card.writeCertificate('signature', der, 'ABC123')), 'ok');
  assert.equal(codeOf(await card.certificationRequest('signature', 'ABC123')), 'ok');
});

test('personalised once: the same order changes nothing, another card’s order is refused', async (t) => {
  const { card, file } = await cardOnTrial(t, ['authentication']);
  const before = readFileSync(file);
  const kinds = ['authentication', 'signature'] as const;
  assert.equal(codeOf(await card.personalise({ cardId: 'TESTCARD00000001', kinds })), 'ok');
  assert.equal(codeOf(await card.personalise({ cardId: 'TESTCARD00000002', kinds })), 'card-of-another-id');
  assert.deepEqual(readFileSync(file), before);
  assert.equal(codeOf(await card.certificationRequest('signature')), 'key-absent');
});

test('the file shows nothing and takes no other hand’s change', async (t) => {
  const { card, file, deviceKey } = await cardOnTrial(t, ['authentication']);
  mustSucceed(await card.setPin('authentication', '1234'), '');
  const octets = readFileSync(file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.doesNotMatch(octets.toString('latin1'), /scrypt|privateKey|triesLeft/);
  for (const place of [3, 20, 33, 50, 70, octets.length - 1]) {
    const changed = Buffer.from(octets);
    changed[place] = (changed[place] ?? 0) ^ 1;
    writeFileSync(file, changed);
    assert.equal(codeOf(await card.status()), 'card-damaged', `octet ${place}`);
  }
  for (const length of [0, 20, 40, octets.length - 1]) {
    writeFileSync(file, octets.subarray(0, length));
    assert.equal(codeOf(await card.sign('authentication', '1234', DATA)), 'card-damaged', `${length} octets`);
  }
  writeFileSync(file, octets);
  const stranger = new SoftwareCard({ path: file, deviceKey: randomBytes(32) });
  assert.equal(codeOf(await stranger.status()), 'card-damaged');
  assert.ok((await new SoftwareCard({ path: file, deviceKey }).status()).ok);
  assert.equal(codeOf(await new SoftwareCard({ path: `${file}.none`, deviceKey }).status()), 'card-absent');
});

test('everybody who asks for the device key at once gets the same one', async (t) => {
  const { file } = await cardOnTrial(t, []);
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrMakeDeviceKey(`${file}.key`)));
  assert.equal(new Set(keys.map((key) => key.toString('hex'))).size, 1);
  assert.equal(statSync(`${file}.key`).mode & 0o777, 0o600);
});
