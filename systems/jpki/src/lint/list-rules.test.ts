/** Lists and OCSP answers against their lints, and the names of the whole country against the shapes of names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import {
  attribute,
  authorityKeyIdentifier,
  type CrlEntry,
  crlNumber,
  type Extension,
  encodeCertId,
  encodeName,
  encodeResponseData,
  encodeTbsCertList,
  issuingDistributionPoint,
  keyIdentifier,
  type ResponseDataSpec,
  serialNumber,
  signatureAlgorithm,
  type TbsCertListSpec,
} from '@ishizue/x509';
import { distributionPointName, testProfile as profile } from '../profile/jpki-profile.ts';
import { findings, sample, signer } from '../testing/planted.ts';
import { jpkiLints } from './jpki-lints.ts';
import { AREA, PREFECTURE } from './names.ts';

const list = (
  changes: Partial<TbsCertListSpec> = {},
  entries: readonly CrlEntry[] = [],
  scope: Extension | undefined = issuingDistributionPoint({
    fullName: [distributionPointName(profile, 'signature', sample.area)],
  }),
): Uint8Array =>
  encodeTbsCertList(
    {
      signatureAlgorithm: signatureAlgorithm('rsa'),
      issuer: sample.issuing('signature').name,
      thisUpdate: sample.notBefore,
      nextUpdate: sample.notBefore + 86_400_000,
      extensions: [
        authorityKeyIdentifier({ keyIdentifier: keyIdentifier(signer) }),
        crlNumber(1n),
        ...(scope ? [scope] : []),
      ],
      ...changes,
    },
    entries,
  );

test('lists: ours pass, with and without a scope, and each rule refuses its violation', () => {
  const entry: CrlEntry = { serial: serialNumber(5), revokedAt: sample.notBefore, reason: 'certificateHold' };
  assert.deepEqual(findings(jpkiLints.crl, list({}, [entry])), []);
  assert.deepEqual(findings(jpkiLints.crl, list({}, [entry], undefined)), []);
  const otherScope = issuingDistributionPoint({
    fullName: [distributionPointName(profile, 'authentication', sample.area)],
  });
  const indirect = issuingDistributionPoint({
    fullName: [distributionPointName(profile, 'signature', sample.area)],
    indirectCrl: true,
  });
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [list({ issuer: encodeName([attribute('CN', 'X')]) }), 'list-is-an-authoritys'],
    [
      list({ extensions: [authorityKeyIdentifier({ keyIdentifier: Buffer.alloc(20) }), crlNumber(1n)] }),
      'list-names-the-signing-key',
    ],
    [list({ nextUpdate: sample.notBefore + 8 * 86_400_000 }), 'next-list-comes-within-a-week'],
    [list({}, [], otherScope), 'scope-of-a-list-is-the-directory-name-of-an-area'],
    [list({}, [], indirect), 'scope-of-a-list-is-the-directory-name-of-an-area'],
    [list({}, [{ ...entry, reason: 'privilegeWithdrawn' }]), 'reasons-are-those-of-the-practice-statement'],
  ];
  for (const [tbs, rule] of cases) assert.ok(findings(jpkiLints.crl, tbs).includes(rule), rule);
});

test('answers: ours pass, and each rule refuses its violation', () => {
  const hashes = { name: Buffer.alloc(20), key: Buffer.alloc(20) };
  const certId = encodeCertId('sha1', { sha1: hashes, sha256: hashes }, serialNumber(5));
  const now = sample.notBefore;
  const answer = (changes: Partial<ResponseDataSpec> = {}): Uint8Array =>
    encodeResponseData({
      responderKeyHash: keyIdentifier(signer),
      producedAt: now,
      responses: [{ certId, status: { status: 'good' }, thisUpdate: now }],
      ...changes,
    });
  assert.deepEqual(findings(jpkiLints.ocsp, answer()), []);
  const old = [{ certId, status: { status: 'good' } as const, thisUpdate: now - 60_000 }];
  const lasting = [
    { certId, status: { status: 'good' } as const, thisUpdate: now, nextUpdate: now + 3_600_000 },
  ];
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [answer({ responderKeyHash: Buffer.alloc(20, 1) }), 'responder-is-the-signing-key'],
    [answer({ responses: old }), 'answers-are-of-this-instant'],
    [answer({ responses: lasting }), 'answers-are-of-this-instant'],
  ];
  for (const [tbs, rule] of cases) assert.ok(findings(jpkiLints.ocsp, tbs).includes(rule), rule);
});

test('the names of all municipalities, wards and prefectures of the country pass', () => {
  const directory = new MunicipalityDirectory(bundledReference());
  for (const { romaji } of directory.prefectures) assert.match(romaji, PREFECTURE);
  for (const { romaji, code } of directory.municipalities) {
    assert.match(romaji, AREA);
    for (const ward of directory.wardsOf(code, '2026-11-20')) assert.match(ward.romaji, AREA);
  }
});
