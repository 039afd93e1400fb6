/** What the signer's lint says of kinds of keys: by the day of issue, and by the key that signs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import {
  encodeTbsCertificate,
  encodeTbsCertList,
  parseTbsCertificate,
  type SignatureAlgorithm,
  signatureAlgorithm,
} from '@ishizue/x509';
import { encodeAuthenticationCertificate } from '../profile/authentication-certificate.ts';
import {
  algorithmOf,
  encodeAuthorityCertificate,
  keyIdentifierOf,
} from '../profile/authority-certificate.ts';
import { PROFILE_NAMES } from '../profile/certificate-kind.ts';
import { certificateListSpec } from '../profile/certificate-list.ts';
import { testProfile as profile } from '../profile/jpki-profile.ts';
import { type CertifiedKey, readKeyTypes } from '../profile/key-types.ts';
import { makeHolderKey } from '../testing/holder-keys.ts';
import { sample } from '../testing/planted.ts';
import { jpkiLints, jpkiLintsFor } from './jpki-lints.ts';

const KINDS = ['p-256', 'p-384', 'ml-dsa-44', 'ml-dsa-65', 'ml-dsa-87'] as const;
const everything = `2026-11-20=rsa-2048+${KINDS.join('+')}`;
const lints = jpkiLintsFor(mustSucceed(readKeyTypes({ holder: everything, authority: everything }), 'rules'));
const NOT_ALLOWED = 'key-type-is-allowed-on-the-day-of-issue';
const OTHER_ALGORITHM = 'signature-algorithm-is-that-of-the-authority-key';

interface Scene {
  readonly authority: Buffer;
  readonly authorityCertificate: Buffer;
  readonly holderCertificate: (at?: number) => Buffer;
  readonly list: (algorithm?: SignatureAlgorithm) => Buffer;
}

function scene(kind: CertifiedKey): Scene {
  const { publicKey: authority } = makeHolderKey(kind);
  const issuing = {
    ...sample.issuing('authentication'),
    keyIdentifier: keyIdentifierOf(authority),
    algorithm: algorithmOf(authority),
  };
  const generation = { profile, kind: 'authentication', generation: 1, notBefore: sample.notBefore } as const;
  const holder = makeHolderKey(kind).publicKey;
  return {
    authority,
    authorityCertificate: Buffer.from(encodeAuthorityCertificate({ ...generation, publicKey: authority })),
    holderCertificate: (notBefore = sample.notBefore) =>
      Buffer.from(
        encodeAuthenticationCertificate({
          profile,
          authority: issuing,
          serial: Buffer.from('12345678', 'hex'),
          notBefore,
          notAfter: Date.parse('2031-02-17T14:59:59Z'),
          publicKey: holder,
          holderNumber: 'ABCDEFGHIJKLMN13221003A',
          area: sample.area,
        }),
      ),
    list: (algorithm = issuing.algorithm) => {
      const spec = { profile, authority: { ...issuing, algorithm }, area: sample.area, number: 1n };
      return Buffer.from(
        encodeTbsCertList(certificateListSpec({ ...spec, thisUpdate: sample.notBefore }), []),
      );
    },
  };
}

const { authority: AUTHORITY, certificate: CERTIFICATE } = PROFILE_NAMES;

for (const kind of KINDS)
  test(`${kind}: certified from its day on, under an authority of the same kind, and not before`, () => {
    const { authority, authorityCertificate, holderCertificate, list } = scene(kind);
    const find = (by: typeof lints, profileName: string, tbs: Buffer): readonly string[] =>
      by.certificate[profileName]?.(tbs, authority).map(({ rule }) => rule) ?? ['no lint'];
    assert.deepEqual(find(lints, AUTHORITY.authentication, authorityCertificate), []);
    assert.deepEqual(find(lints, CERTIFICATE.authentication, holderCertificate()), []);
    assert.deepEqual(lints.crl(list(), authority), []);
    const eve = Date.parse('2026-11-19T14:59:59Z');
    assert.deepEqual(find(lints, CERTIFICATE.authentication, holderCertificate(eve)), [NOT_ALLOWED]);
    assert.deepEqual(find(jpkiLints, CERTIFICATE.authentication, holderCertificate()), [NOT_ALLOWED]);
    assert.deepEqual(find(jpkiLints, AUTHORITY.authentication, authorityCertificate), [NOT_ALLOWED]);
  });

test('what names another algorithm than the signing key’s is refused, certificate and list', () => {
  const { authority, holderCertificate, list } = scene('p-256');
  const read = mustSucceed(parseTbsCertificate(holderCertificate()), 'a certificate');
  for (const type of ['rsa', 'p384', 'mldsa44'] as const) {
    const other = signatureAlgorithm(type);
    const tbs = encodeTbsCertificate({ ...read, signatureAlgorithm: other, publicKey: read.publicKey.der });
    const found = lints.certificate[CERTIFICATE.authentication]?.(Buffer.from(tbs), authority) ?? [];
    assert.deepEqual(
      found.map(({ rule }) => rule),
      [OTHER_ALGORITHM],
    );
    const listed = lints.crl(list(other), authority).map(({ rule }) => rule);
    assert.deepEqual(listed, ['list-signature-algorithm-is-that-of-the-authority-key']);
  }
});
