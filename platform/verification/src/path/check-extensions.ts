/** Extensions that must be understood (RFC 5280 6.1.4 (o), 6.1.5 (f)). */
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Certificate, EXTENSION_OIDS } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';

/** What is processed somewhere on the way, or says nothing that a verifier must obey. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION_OIDS.keyUsage,
  EXTENSION_OIDS.extKeyUsage,
  EXTENSION_OIDS.basicConstraints,
  EXTENSION_OIDS.nameConstraints,
  EXTENSION_OIDS.certificatePolicies,
  EXTENSION_OIDS.policyMappings,
  EXTENSION_OIDS.policyConstraints,
  EXTENSION_OIDS.inhibitAnyPolicy,
  EXTENSION_OIDS.subjectAltName,
  EXTENSION_OIDS.issuerAltName,
  EXTENSION_OIDS.crlDistributionPoints,
  EXTENSION_OIDS.authorityKeyIdentifier,
  EXTENSION_OIDS.subjectKeyIdentifier,
]);

/** Whether every critical extension is understood. */
export function checkExtensions({ extensions }: Certificate): Result<undefined, VerificationFailureCode> {
  const unknown = extensions.find(({ oid, critical }) => critical && !UNDERSTOOD.has(oid));
  return unknown === undefined
    ? ok(undefined)
    : fail('critical-extension-unknown', `extension ${unknown.oid}`);
}
