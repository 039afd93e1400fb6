/**
 * Planted violations: a good certificate is written anew with one thing changed, and the rule that stands against it must
 * be among the lint's findings.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { Lint } from '@ishizue/signer';
import {
  authorityKeyIdentifier,
  type Extension,
  encodeName,
  encodeTbsCertificate,
  keyIdentifier,
  type Name,
  parsePublicKeyInfo,
  parseTbsCertificate,
  serialNumber,
  signatureAlgorithm,
  subjectKeyIdentifier,
  type TbsCertificateSpec,
} from '@ishizue/x509';
import { jpkiLints } from '../lint/jpki-lints.ts';
import { sampleCertificates } from './sample-certificates.ts';

export const sample = sampleCertificates();
export const signer = mustSucceed(parsePublicKeyInfo(sample.authoritySpki), 'the signing key');

const OTHER_SPKI = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({
  format: 'der',
  type: 'spki',
});

export type Change = (spec: TbsCertificateSpec) => Partial<TbsCertificateSpec>;

/** A rule and a change that breaks it. */
export interface PlantedViolation {
  readonly rule: string;
  readonly change: Change;
}

/** The names of the rules that do not hold. */
export const findings = (lint: Lint | undefined, tbs: Uint8Array): string[] => {
  assert.ok(lint);
  return lint(Buffer.from(tbs), sample.authoritySpki).map(({ rule }) => rule);
};

function changed(tbs: Buffer, change: Change): Uint8Array {
  const read = mustSucceed(parseTbsCertificate(tbs), 'a sample');
  const spec = { ...read, signatureAlgorithm: read.innerAlgorithm, publicKey: read.publicKey.der };
  return encodeTbsCertificate({ ...spec, ...change(spec) });
}

/** Tests that a profile passes its own certificate and finds each violation. */
export function testProfile(name: string, tbs: Buffer, violations: readonly PlantedViolation[]): void {
  const lint = jpkiLints.certificate[name];
  test(`${name}: the profile’s own certificate passes`, () => {
    assert.deepEqual(findings(lint, tbs), []);
  });
  for (const [index, { rule, change }] of violations.entries())
    test(`${name}: ${rule} refuses planted violation ${index + 1}`, () => {
      assert.ok(findings(lint, changed(tbs, change)).includes(rule));
    });
}

/** Puts another extension in the place of one of its kind. */
export const replaced =
  (other: Extension): Change =>
  ({ extensions }) => ({
    extensions: extensions.map((each) => (each.oid === other.oid ? other : each)),
  });

export const without =
  (oid: string): Change =>
  ({ extensions }) => ({ extensions: extensions.filter((each) => each.oid !== oid) });

/** The name with a text in its attributes replaced. */
export const renamed = (name: Name, find: string, replacement: string): Name =>
  encodeName(
    name.relativeNames.map((level) =>
      level.map((each) => ({ ...each, value: each.value.replace(find, replacement) })),
    ),
  );

export const ORDER = 'extensions-are-those-of-the-profile-in-its-order';

const firstTwoSwapped: Change = ({ extensions: [first, second, ...rest] }) => ({
  extensions: [second, first, ...rest].filter((each) => each !== undefined),
});

/** Against every certificate of JPKI. */
export const commonViolations: readonly PlantedViolation[] = [
  { rule: 'key-type-is-allowed-on-the-day-of-issue', change: () => ({ publicKey: OTHER_SPKI }) },
  {
    rule: 'signature-algorithm-is-that-of-the-authority-key',
    change: () => ({ signatureAlgorithm: signatureAlgorithm('p256') }),
  },
  { rule: ORDER, change: firstTwoSwapped },
  {
    rule: 'subject-key-identifier-is-the-sha-1-of-the-key',
    change: replaced(subjectKeyIdentifier(Buffer.alloc(20, 7))),
  },
];

/** Against every certificate that an authority issues to others. */
export const issuedViolations: readonly PlantedViolation[] = [
  ...commonViolations,
  {
    rule: 'authority-key-is-the-signing-key',
    change: (spec) =>
      replaced(
        authorityKeyIdentifier({
          keyIdentifier: Buffer.alloc(20, 7),
          issuer: [{ kind: 'directoryName', name: spec.issuer }],
          serial: serialNumber(1),
        }),
      )(spec),
  },
  {
    rule: 'authority-key-is-the-signing-key',
    change: replaced(authorityKeyIdentifier({ keyIdentifier: keyIdentifier(signer) })),
  },
  { rule: 'subject-key-is-not-the-signing-key', change: () => ({ publicKey: sample.authoritySpki }) },
];
