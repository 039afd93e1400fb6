import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { signatureAlgorithm } from '../certificate/algorithm.ts';
import type { Extension } from '../certificate/extension.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import type { GeneralName } from '../certificate/general-name.ts';
import { serialNumber } from '../certificate/serial-number.ts';
import {
  basicConstraints,
  crlDistributionPoints,
  type DistributionPoint,
  keyUsage,
  subjectKeyIdentifier,
} from '../certificate/standard-extension.ts';
import { parseCrl } from '../crl/crl.ts';
import { crlNumber, type IssuingDistributionPoint, issuingDistributionPoint } from '../crl/crl-extension.ts';
import { encodeTbsCertList, type TbsCertListSpec } from '../crl/tbs-cert-list.ts';
import {
  at,
  authorityOf,
  type Issued,
  issue,
  keyIdOf,
  makeKey,
  makeRoot,
  signTbs,
  testName,
} from '../testing/authority.ts';
import { fromHex } from '../testing/tlv.ts';
import { type CrlQuestion, checkRevocationByCrl } from './check-revocation.ts';

const NOW = at('2026-04-01T12:00:00Z');
const root = makeRoot();
const place = (name: string): GeneralName => ({ kind: 'directoryName', name: testName(`${name} CRLDP`) });

const issueAt = (serial: number, point: DistributionPoint | undefined, issuer = root): Issued =>
  issue(issuer, {
    serial: serialNumber(serial),
    extensions: [
      keyUsage(['digitalSignature']),
      ...(point === undefined ? [] : [crlDistributionPoints([point])]),
      authorityOf(issuer),
    ],
  });

interface Wish extends Partial<TbsCertListSpec> {
  readonly scope?: IssuingDistributionPoint;
  readonly more?: readonly Extension[];
  readonly by?: Issued;
}

function listOf({ scope, more = [], by = root, ...wishes }: Wish = {}) {
  const extensions = [authorityOf(by), crlNumber(1n), ...more];
  const tbs = encodeTbsCertList(
    {
      signatureAlgorithm: signatureAlgorithm(by.key.type),
      issuer: by.certificate.subject,
      thisUpdate: at('2026-04-01T00:00:00Z'),
      nextUpdate: at('2026-04-02T00:00:00Z'),
      extensions: scope === undefined ? extensions : [...extensions, issuingDistributionPoint(scope)],
      ...wishes,
    },
    [{ serial: serialNumber(13), revokedAt: at('2026-03-01T00:00:00Z'), reason: 'keyCompromise' }],
  );
  return mustSucceed(parseCrl(signTbs(tbs, by.key)), 'a list');
}

function code(subject: Issued, wish: Wish = {}, question: Partial<CrlQuestion> = {}): string {
  const result = checkRevocationByCrl({
    certificate: subject.certificate,
    issuer: root.certificate,
    crl: listOf(wish),
    at: NOW,
    ...question,
  });
  return result.ok ? result.value.status : result.failure.code;
}

const naka = { fullName: [place('Naka')] };
const nishi = { fullName: [place('Nishi')] };

test('a listed certificate is revoked with its time and reason, another is good', () => {
  const result = checkRevocationByCrl({
    certificate: issueAt(13, naka).certificate,
    issuer: root.certificate,
    crl: listOf({ scope: naka }),
    at: NOW,
  });
  assert.deepEqual(result, {
    ok: true,
    value: { status: 'revoked', revokedAt: at('2026-03-01T00:00:00Z'), reason: 'keyCompromise' },
  });
  assert.equal(code(issueAt(14, naka), { scope: naka }), 'good');
});

test('the list of another distribution point says nothing', () => {
  assert.equal(code(issueAt(14, nishi), { scope: naka }), 'crl-scope-mismatch');
  assert.equal(code(issueAt(14, undefined), { scope: naka }), 'crl-scope-mismatch');
  assert.equal(code(issueAt(14, nishi)), 'good', 'a list without a scope covers everything');
  assert.equal(code(issueAt(14, { fullName: [place('Nishi'), place('Naka')] }), { scope: naka }), 'good');
  assert.equal(code(issueAt(14, { ...naka, reasons: 0b10 }), { scope: naka }), 'crl-scope-mismatch');
  assert.equal(
    code(issueAt(14, { ...naka, crlIssuer: [place('X')] }), { scope: naka }),
    'crl-scope-mismatch',
  );
});

test('lists of users only, of authorities only, of attributes only', () => {
  const key = makeKey('p256');
  const authority = issue(
    root,
    {
      subject: testName('CA'),
      extensions: [
        basicConstraints({ ca: true }),
        keyUsage(['keyCertSign']),
        authorityOf(root),
        subjectKeyIdentifier(keyIdOf(key)),
      ],
    },
    key,
  );
  const user = issueAt(14, undefined);
  assert.equal(code(user, { scope: { onlyContainsUserCerts: true } }), 'good');
  assert.equal(code(authority, { scope: { onlyContainsUserCerts: true } }), 'crl-scope-mismatch');
  assert.equal(code(user, { scope: { onlyContainsCaCerts: true } }), 'crl-scope-mismatch');
  assert.equal(code(authority, { scope: { onlyContainsCaCerts: true } }), 'good');
  assert.equal(code(user, { scope: { onlyContainsAttributeCerts: true } }), 'crl-scope-mismatch');
});

test('delta, indirect and partial lists, and unknown critical extensions are refused', () => {
  const user = issueAt(14, naka);
  assert.equal(code(user, { scope: { ...naka, indirectCrl: true } }), 'crl-unsupported');
  assert.equal(code(user, { scope: { ...naka, onlySomeReasons: 0b10 } }), 'crl-unsupported');
  const delta = { oid: EXTENSION_OIDS.deltaCrlIndicator, critical: true, value: fromHex('020101') };
  assert.equal(code(user, { more: [delta] }), 'crl-unsupported');
  assert.equal(
    code(user, { more: [{ oid: '1.2.3', critical: true, value: fromHex('0500') }] }),
    'critical-extension-unknown',
  );
  assert.equal(code(user, { more: [{ oid: '1.2.3', critical: false, value: fromHex('0500') }] }), 'good');
  assert.equal(
    code(user, {}, { crl: { ...listOf(), hasUnknownEntryExtension: true } }),
    'critical-extension-unknown',
  );
});

test('a list of the past or of the future says nothing', () => {
  const user = issueAt(14, undefined);
  assert.equal(code(user, {}, { at: at('2026-03-31T23:59:59Z') }), 'crl-not-yet-valid');
  assert.equal(code(user, {}, { at: at('2026-04-02T00:00:00Z') }), 'good');
  assert.equal(code(user, {}, { at: at('2026-04-02T00:00:01Z') }), 'crl-expired');
});

test('the list must be of the very key that issued the certificate', () => {
  const nextGeneration = makeRoot({ subject: root.certificate.subject });
  const user = issueAt(14, undefined);
  assert.equal(code(user, { by: nextGeneration }), 'crl-issuer-mismatch');
  const forged = { by: nextGeneration, extensions: [authorityOf(root), crlNumber(1n)] };
  assert.equal(code(user, forged), 'signature-invalid');
  const stranger = makeRoot({ subject: testName('Stranger') });
  assert.equal(code(user, { by: stranger }), 'crl-issuer-mismatch');
  assert.equal(code(issueAt(14, undefined, stranger)), 'crl-issuer-mismatch');
  const mute = makeRoot({ extensions: [keyUsage(['keyCertSign']), basicConstraints({ ca: true })] });
  assert.equal(
    code(issueAt(14, undefined, mute), { by: mute }, { issuer: mute.certificate }),
    'key-usage-refuses',
  );
});
