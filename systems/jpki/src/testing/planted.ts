/**
 * Planted violations: a good certificate is written anew with one thing changed, and the rule that stands against it must
 * be among the lint's findings. Each says what was changed, for docs/lints.md.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import {
  authorityKeyIdentifier,
  EXTENSION_OIDS,
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
  /** What is wrong with the certificate. */
  readonly what: string;
  readonly change: Change;
}

/** A certificate with something changed. */
export function changed(tbs: Buffer, change: Change): Uint8Array {
  const read = mustSucceed(parseTbsCertificate(tbs), 'a sample');
  const spec = { ...read, signatureAlgorithm: read.innerAlgorithm, publicKey: read.publicKey.der };
  return encodeTbsCertificate({ ...spec, ...change(spec) });
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
export const CRITICAL = 'critical-are-those-extensions-that-the-profile-marks';

const firstTwoSwapped: Change = ({ extensions: [first, second, ...rest] }) => ({
  extensions: [second, first, ...rest].filter((each) => each !== undefined),
});

/** The extension of a type with its critical flag turned. */
export const turned =
  (oid: string): Change =>
  ({ extensions }) => ({
    extensions: extensions.map((each) => (each.oid === oid ? { ...each, critical: !each.critical } : each)),
  });

/** Against every certificate of JPKI. */
export const commonViolations: readonly PlantedViolation[] = [
  {
    rule: 'key-type-is-allowed-on-the-day-of-issue',
    what: 'a key of RSA-3072',
    change: () => ({ publicKey: OTHER_SPKI }),
  },
  {
    rule: 'signature-algorithm-is-that-of-the-authority-key',
    what: 'ECDSA named, under an RSA key',
    change: () => ({ signatureAlgorithm: signatureAlgorithm('p256') }),
  },
  { rule: ORDER, what: 'the first two extensions swapped', change: firstTwoSwapped },
  { rule: CRITICAL, what: 'keyUsage not critical', change: turned(EXTENSION_OIDS.keyUsage) },
  {
    rule: 'subject-key-identifier-is-the-sha-1-of-the-key',
    what: 'another identifier',
    change: replaced(subjectKeyIdentifier(Buffer.alloc(20, 7))),
  },
];

/** Against every certificate that an authority issues to others. */
export const issuedViolations: readonly PlantedViolation[] = [
  ...commonViolations,
  {
    rule: 'authority-key-is-the-signing-key',
    what: 'the identifier of another key',
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
    what: 'the key without issuer and serial',
    change: replaced(authorityKeyIdentifier({ keyIdentifier: keyIdentifier(signer) })),
  },
  {
    rule: 'subject-key-is-not-the-signing-key',
    what: 'the authority’s own key',
    change: () => ({ publicKey: sample.authoritySpki }),
  },
];
