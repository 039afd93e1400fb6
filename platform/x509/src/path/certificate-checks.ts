/**
 * What every use of a certificate asks of it (RFC 5280 6.1.3, 6.1.4): time, extensions that must be understood, and
 * for an issuer the right to sign. Shared by paths, CRLs and OCSP responders.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate } from '../certificate/certificate.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import { keyIdentifier } from '../certificate/public-key.ts';
import type { KeyUsage } from '../certificate/standard-extension.ts';
import type { X509FailureCode } from '../failure.ts';

/** Extensions whose meaning is respected where they bear on the question asked. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION_OIDS.keyUsage,
  EXTENSION_OIDS.extKeyUsage,
  EXTENSION_OIDS.basicConstraints,
  EXTENSION_OIDS.certificatePolicies,
  EXTENSION_OIDS.subjectAltName,
  EXTENSION_OIDS.issuerAltName,
  EXTENSION_OIDS.crlDistributionPoints,
  EXTENSION_OIDS.authorityKeyIdentifier,
  EXTENSION_OIDS.subjectKeyIdentifier,
]);

/** Constraints that narrow what a certificate may stand for; critical or not, passing over one would widen it. */
const UNSUPPORTED_CONSTRAINTS: ReadonlySet<string> = new Set([
  EXTENSION_OIDS.nameConstraints,
  EXTENSION_OIDS.policyMappings,
  EXTENSION_OIDS.policyConstraints,
  EXTENSION_OIDS.inhibitAnyPolicy,
]);

type Check = Result<undefined, X509FailureCode>;

const PASSED = ok(undefined);

/** Whether the instant lies within the validity, both ends included. */
export function checkValidity(certificate: Certificate, at: number): Check {
  if (at < certificate.notBefore) return fail('not-yet-valid', 'the certificate is not valid yet');
  // notAfter is a whole second, all of which belongs to the validity.
  return at < certificate.notAfter + 1000 ? PASSED : fail('expired', 'the certificate is not valid any more');
}

/** Whether nothing in the certificate must be understood that is not. */
export function checkExtensions(certificate: Certificate, knownCritical: readonly string[] = []): Check {
  for (const { oid, critical } of certificate.extensions) {
    if (UNSUPPORTED_CONSTRAINTS.has(oid)) return fail('constraint-unsupported', `extension ${oid}`);
    if (critical && !UNDERSTOOD.has(oid) && !knownCritical.includes(oid)) {
      return fail('critical-extension-unknown', `extension ${oid}`);
    }
  }
  return PASSED;
}

/** Whether keyUsage is there and allows the use. */
export function checkKeyUsage(certificate: Certificate, usage: KeyUsage): Check {
  return certificate.known.keyUsage?.includes(usage) === true
    ? PASSED
    : fail('key-usage-refuses', `keyUsage without ${usage}`);
}

/** Whether a certificate is a CA's and its key may sign certificates. */
export function checkAuthority(certificate: Certificate): Check {
  if (certificate.known.basicConstraints?.ca !== true) return fail('not-a-ca', 'basicConstraints without cA');
  return checkKeyUsage(certificate, 'keyCertSign');
}

const sameOctets = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The identifier of a certificate's key: its subjectKeyIdentifier, or what RFC 5280 4.2.1.2 method 1 makes. */
export const subjectKeyIdOf = (certificate: Certificate): Uint8Array =>
  certificate.known.subjectKeyIdentifier ?? keyIdentifier(certificate.publicKey);

/**
 * Whether `candidate` may have issued `child`: the name is the issuer's, and the key is the one that the authority key
 * identifier names. Generations of one CA share their name, so a name alone decides only where a certificate has no
 * authority key identifier; the signature then does the rest.
 */
export function mayHaveIssued(candidate: Certificate, child: Certificate): boolean {
  if (!candidate.subject.equals(child.issuer)) return false;
  const authority = child.known.authorityKeyIdentifier;
  if (authority?.keyIdentifier !== undefined) {
    return sameOctets(authority.keyIdentifier, subjectKeyIdOf(candidate));
  }
  return authority?.serial === undefined || sameOctets(authority.serial, candidate.serial);
}
