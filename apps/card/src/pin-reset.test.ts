/** The reset of a PIN with a real software card, the citizen PKI and the centre: both ways, and all that must not work. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { type PinResets, permitReset, reserveReset, resetPermission } from '@ishizue/cards';
import { authenticateHolder } from '@ishizue/jpki';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { type Desk, openDesk, PASSWORD, PIN } from './testing/desk.ts';

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);
const at = { terminal: 'kiosk-1', correlation: 'test' };

const resetsOf = ({ jpki, cards, unblockKeyOf }: Desk): PinResets => ({
  cards,
  authenticateHolder: (access, signed) => authenticateHolder(jpki.context, access, signed),
  isFaceMatched: (reference) => Promise.resolve(reference.startsWith('matched-')),
  unblockKeyOf,
  alwaysOpen: false,
});

type Kind = 'authentication' | 'signature';

async function sign({ held }: Desk, kind: Kind, pin: string) {
  const challenge = randomBytes(32);
  return {
    challenge,
    certificate: mustSucceed(await held.readCertificate(kind, pin), 'the certificate'),
    signature: mustSucceed(await held.sign(kind, pin, challenge), 'signing'),
  };
}

test('each PIN is reset by whoever knows the other: reserved on the phone, permitted at the kiosk, set on the card', async (t) => {
  const desk = await openDesk(t);
  const { held } = desk;
  const resets = resetsOf(desk);
  const reset = async (kind: Kind, other: Kind, otherPin: string, newPin: string) => {
    const wish = { kind, signed: await sign(desk, other, otherPin), faceReference: 'matched-1' };
    const { token } = mustSucceed(await reserveReset(resets, at, wish), 'the reservation');
    const nonce = mustSucceed(await held.beginPinReset(kind, otherPin), 'the nonce');
    const kiosk = { token, kind, nonce, signed: await sign(desk, other, otherPin) };
    const permission = mustSucceed(await permitReset(resets, at, kiosk), 'the permission');
    mustSucceed(await held.endPinReset(kind, otherPin, newPin, permission), 'the new PIN');
    return { permission, kiosk };
  };
  for (let miss = 0; miss < 5; miss++) await held.sign('signature', 'WRONG1', Buffer.from('x'));
  assert.equal(codeOf(await held.sign('signature', PASSWORD, Buffer.from('x'))), 'pin-locked');
  const { permission, kiosk } = await reset('signature', 'authentication', PIN, 'KIYOSE2027');
  assert.equal(codeOf(await held.sign('signature', 'KIYOSE2027', Buffer.from('x'))), 'ok');
  assert.equal(codeOf(await held.endPinReset('signature', PIN, 'KIYOSE2028', permission)), 'reset-not-begun');
  assert.deepEqual(mustSucceed(await permitReset(resets, at, kiosk), 'told again'), permission);
  mustSucceed(await held.beginPinReset('signature', PIN), 'another nonce');
  assert.equal(
    codeOf(await held.endPinReset('signature', PIN, 'KIYOSE2028', permission)),
    'reset-not-permitted',
  );
  assert.equal(codeOf(await held.sign('signature', 'KIYOSE2027', Buffer.from('x'))), 'ok', 'unchanged');

  for (let miss = 0; miss < 3; miss++) await held.sign('authentication', '0000', Buffer.from('x'));
  await reset('authentication', 'signature', 'KIYOSE2027', '9876');
  assert.equal(codeOf(await held.sign('authentication', '9876', Buffer.from('x'))), 'ok');
});

test('without the other PIN, the face, or the issuer, nothing is reset; a spent try stays spent', async (t) => {
  const desk = await openDesk(t);
  const { held, cardId, unblockKeyOf } = desk;
  const resets = resetsOf(desk);
  const wish = {
    kind: 'signature',
    signed: await sign(desk, 'authentication', PIN),
    faceReference: 'other-1',
  } as const;
  assert.equal(codeOf(await reserveReset(resets, at, wish)), 'face-not-matched');
  const own = { ...wish, signed: await sign(desk, 'signature', PASSWORD), faceReference: 'matched-1' };
  assert.equal(
    codeOf(await reserveReset(resets, at, own)),
    'certificate-of-another-kind',
    'the same key is no other',
  );
  const forged = { ...wish.signed, challenge: randomBytes(32) };
  assert.equal(
    codeOf(await reserveReset(resets, at, { ...wish, signed: forged, faceReference: 'matched-1' })),
    'challenge-signature-invalid',
  );
  assert.equal(codeOf(await held.beginPinReset('signature', '0000')), 'pin-wrong');
  assert.equal(
    codeOf(await held.endPinReset('signature', PIN, 'NEWPIN1', randomBytes(32))),
    'reset-not-begun',
  );
  mustSucceed(await held.beginPinReset('signature', PIN), 'begun');
  assert.equal(codeOf(await held.endPinReset('signature', PIN, 'short', randomBytes(32))), 'pin-malformed');
  assert.equal(
    codeOf(await held.endPinReset('signature', PIN, 'NEWPIN1', randomBytes(32))),
    'reset-not-permitted',
  );
  const nonce = mustSucceed(await held.beginPinReset('signature', PIN), 'begun again');
  const key = await unblockKeyOf(cardId);
  for (const wrong of [
    resetPermission(key, { cardId, kind: 'authentication', nonce }),
    resetPermission(key, { cardId: '0'.repeat(16), kind: 'signature', nonce }),
    resetPermission(await unblockKeyOf('0'.repeat(16)), { cardId, kind: 'signature', nonce }),
  ]) {
    assert.equal(codeOf(await held.endPinReset('signature', PIN, 'NEWPIN1', wrong)), 'reset-not-permitted');
    assert.equal(codeOf(await held.endPinReset('signature', PIN, 'NEWPIN1', wrong)), 'reset-not-begun');
    mustSucceed(await held.beginPinReset('signature', PIN), 'begun');
  }
  assert.equal(codeOf(await held.sign('signature', PASSWORD, Buffer.from('x'))), 'ok', 'the old one still');
});
